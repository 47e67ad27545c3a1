import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import type { Log } from "./log.ts";
import { runPump } from "./pump.ts";
import {
  append,
  logOf,
  NumberFold,
  NumberSink,
  options,
  pumpUntil,
  SNAPSHOT_MARK,
  TOPIC,
  until,
  upTo,
} from "./pump_fixture.ts";

Deno.test("everything in the log is stored once and in order", async () => {
  const sink = new NumberSink();
  await pumpUntil(options(await logOf(500), sink), () => sink.through === 500);
  assert.deepEqual(sink.stored, upTo(500));
});

Deno.test("a pump reads on where the sink is", async () => {
  const sink = new NumberSink();
  const log = await logOf(30);
  await pumpUntil(options(log, sink), () => sink.through === 30);
  await append(log, 30, 50);
  await pumpUntil(options(log, sink), () => sink.through === 50);
  assert.deepEqual(sink.stored, upTo(50));
});

Deno.test("a write whose reply is lost is made again, and stores nothing twice", async () => {
  const sink = new NumberSink();
  let lost = 0;
  sink.afterwards = () => {
    if (lost++ < 3) throw new Error("the reply got lost");
  };
  await pumpUntil(options(await logOf(200), sink), () => sink.through === 200);
  assert.ok(lost > 3);
  assert.deepEqual(sink.stored, upTo(200));
});

Deno.test("while the sink does not answer no more is read than may wait", async () => {
  const sink = new NumberSink();
  const away = Promise.withResolvers<void>();
  sink.before = () => away.promise;
  const log = await logOf(5_000);
  let read = 0;
  const counting = {
    ...options(log, sink),
    maxPendingRecords: 100,
    createFold: (_: number, from: Offset) => {
      const fold = new NumberFold(from);
      const apply = fold.apply.bind(fold);
      fold.apply = (batch) => {
        read += batch.records.length;
        apply(batch);
      };
      return fold;
    },
  };
  const stop = new AbortController();
  const pump = runPump(counting, stop.signal);
  await until(() => read >= 100);
  // Ten more rounds of the event loop give a pump that does not wait the time to read on.
  for (let round = 0; round < 10; round++) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(read <= 220, `${read} records were read`);
  away.resolve();
  await until(() => sink.through === 5_000);
  stop.abort();
  await pump;
  assert.deepEqual(sink.stored, upTo(5_000));
});

Deno.test("far behind the end of the log, it writes seldom", async () => {
  const sink = new NumberSink();
  const early: number[] = [];
  sink.afterwards = () => {
    if (sink.through < 15_000) early.push(sink.through);
  };
  const settings = { ...options(await logOf(20_000), sink), maxPendingRecords: 100_000 };
  await pumpUntil(settings, () => sink.through === 20_000);
  assert.deepEqual(sink.stored, upTo(20_000));
  assert.ok(early.length <= 2, `it wrote through ${early}`);
});

Deno.test("letting a partition go writes what was folded in, unless the sink takes longer than the budget", async () => {
  const sink = new NumberSink();
  const log = await logOf(20);
  await pumpUntil({ ...options(log, sink), tickMs: 60_000 }, () => sink.writes === 1);
  assert.equal(sink.through, 20);

  const stuck = new NumberSink();
  let asked = 0;
  stuck.before = () => {
    asked++;
    return new Promise(() => {});
  };
  const startMs = performance.now();
  await pumpUntil({ ...options(log, stuck), drainMs: 50 }, () => asked > 0);
  assert.ok(performance.now() - startMs < 2_000);
  assert.deepEqual(stuck.stored, []);
});

Deno.test("a write that fails while the partition is let go is made again before anything behind it", async () => {
  const sink = new NumberSink();
  const log = await logOf(20);
  const stop = new AbortController();
  let failed = false;
  sink.before = async () => {
    if (failed) return;
    failed = true;
    await append(log, 20, 40);
    stop.abort();
    throw new Error("the store went away");
  };
  await runPump(options(log, sink), stop.signal);
  assert.ok(failed);
  assert.deepEqual(sink.stored, upTo(sink.through));
  assert.ok(sink.through > 0);
});

Deno.test("a damaged snapshot is skipped for the one before, and with none the log is read from its start", async () => {
  const log = await logOf(40);
  const snapshots = (...kept: Uint8Array[]) => {
    const sink = new NumberSink();
    return Object.assign(sink, {
      snapshots: {
        async *list() {
          yield* kept;
        },
        save: () => Promise.resolve(),
      },
    });
  };
  const damaged = new Uint8Array([0]);
  const second = snapshots(damaged, new Uint8Array([SNAPSHOT_MARK, 25]));
  await pumpUntil(options(log, second), () => second.through === 40);
  assert.deepEqual(second.stored, upTo(40).slice(25));
  log.removeBelow(TOPIC, 0, 5 as Offset);
  const none = snapshots(damaged);
  await pumpUntil(options(log, none), () => none.through === 40);
  assert.deepEqual(none.stored, upTo(40).slice(5));
});

Deno.test("snapshots are saved at their interval and when the partition is let go, never ahead of the writes", async () => {
  const saved: number[] = [];
  const sink = new NumberSink();
  const keeping = Object.assign(sink, {
    snapshots: {
      async *list() {},
      save: (_: number, through: Offset, bytes: Uint8Array) => {
        assert.ok(sink.through >= through);
        assert.equal(bytes[1], through & 0xff);
        saved.push(through);
        return Promise.resolve();
      },
    },
  });
  const log = await logOf(200);
  await pumpUntil({ ...options(log, keeping), checkpointIntervalMs: 0 }, () => saved.at(-1) === 200);
  assert.ok(saved.length >= 2, `saved at ${saved}`);
});

Deno.test("a quiet partition gives a sign of life", async () => {
  const sink = new NumberSink();
  await pumpUntil(options(await logOf(1), sink), () => sink.writes >= 3);
  assert.deepEqual(sink.stored, [0]);
});

Deno.test("a write says when nothing was left to read, as the log has told it, and not when it is written", async () => {
  const inner = await logOf(1);
  const told: (number | undefined)[] = [];
  const log: Log = {
    append: (...args) => inner.append(...args),
    ranges: (topic) => inner.ranges(topic),
    async *read(...args) {
      let endSeenMs = 1_000;
      for await (const batch of inner.read(...args)) {
        yield { ...batch, end: (batch.end + 1) as Offset, endSeenMs: endSeenMs++ };
        yield { ...batch, records: [], from: batch.through, endSeenMs: endSeenMs++ };
        yield {
          ...batch,
          records: [],
          from: batch.through,
          end: (batch.end + 1) as Offset,
          endSeenMs: endSeenMs++,
        };
      }
    },
  };
  const sink = new NumberSink();
  const write = sink.write.bind(sink);
  sink.write = (batch) => {
    told.push(batch.caughtUpMs);
    return write(batch);
  };
  await pumpUntil({ ...options(inner, sink), log }, () => sink.writes >= 2);
  assert.equal(told.at(-1), 1_001);
});

Deno.test("a sink that has nothing yet begins with the oldest record that the log still holds", async () => {
  const log = await logOf(10);
  log.removeBelow(TOPIC, 0, 5 as Offset);
  const sink = new NumberSink();
  await pumpUntil(options(log, sink), () => sink.through === 10);
  assert.deepEqual(sink.stored, upTo(10).slice(5));
});

Deno.test("a sink that needs what the log has lost stops the pump with the reason", async () => {
  const log = await logOf(10);
  log.removeBelow(TOPIC, 0, 5 as Offset);
  const sink = new NumberSink();
  sink.through = 3 as Offset;
  await assert.rejects(runPump(options(log, sink), new AbortController().signal), /the log holds 5 to 10/);
});
