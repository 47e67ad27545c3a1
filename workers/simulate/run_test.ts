import assert from "node:assert/strict";
import { type Log, MemoryLog, readRange } from "@countinghouse/log";
import { createLogger } from "@countinghouse/shared/telemetry";
import { runSimulation } from "./run.ts";
import { NO_FAULTS, simulated } from "./testing/simulated.ts";

const QUIET = createLogger("error");
const NEVER = new AbortController().signal;
const OPTIONS = { seed: 1, storeId: "default", rate: 1_000, rhythm: false, faults: NO_FAULTS };

Deno.test("a run appends exactly what is simulated, each user's events in order in one partition", async () => {
  const log = new MemoryLog({ partitions: 4 });
  // An hour ago: history, which needs no waiting.
  const options = { ...OPTIONS, startMs: Date.now() - 3_600_000, count: 20_000 };
  const summary = await runSimulation(
    options,
    { log, topic: "events", logger: QUIET, status: () => {} },
    NEVER,
  );
  assert.match(summary, /^acknowledged 20,000 of 20,000 sent events .* skipped 0$/);

  const expected = Map.groupBy(simulated(options), ({ key }) => new TextDecoder().decode(key));
  const found = new Map<string, { partition: number; value: Uint8Array }[]>();
  for (const range of await log.ranges("events")) {
    for await (const { key, value } of readRange(log, "events", range, NEVER)) {
      const user = new TextDecoder().decode(key!);
      const list = found.get(user) ?? [];
      found.set(user, list);
      list.push({ partition: range.partition, value: value! });
    }
  }
  assert.equal(found.size, expected.size);
  for (const [user, events] of expected) {
    const list = found.get(user)!;
    assert.equal(new Set(list.map(({ partition }) => partition)).size, 1);
    assert.deepEqual(list.map(({ value }) => value), events.map(({ value }) => value));
  }
});

Deno.test("a stopped run ends within two seconds although the broker never answers", async () => {
  const deaf: Log = {
    append: () => new Promise(() => {}),
    read: () => assert.fail("nothing is to be read"),
    ranges: () => assert.fail("nothing is to be asked"),
  };
  const stop = new AbortController();
  const running = runSimulation(
    { ...OPTIONS, startMs: Date.now() },
    { log: deaf, topic: "events", logger: QUIET, status: () => {} },
    stop.signal,
  );
  const stoppedMs = performance.now();
  stop.abort();
  assert.match(await running, /^acknowledged 0 of/);
  assert.ok(performance.now() - stoppedMs < 2_000);
});
