import { deepEqual, equal, ok } from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { waitUntil } from "../wait_until.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import { startMongoProxy } from "./mongo_proxy.ts";
import { withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, storedThrough, untilRead } from "./stored_recount.ts";

const PARTITIONS = 4;
const DRAIN_MS = 500;

Deno.test("a rebalance with a write in flight that outlasts the drain budget: let go, taken over, all exact", async () => {
  const startMs = Date.parse("2026-03-01T10:00:00Z");
  const records = randomRecords({ events: 12_000, seed: 23, startMs, spanMs: 300_000, repeated: 200 });
  const [first, inFlight, afterwards] = piecesOf(records, 3) as [
    typeof records,
    typeof records,
    typeof records,
  ];
  await using proxy = startMongoProxy(loadEndpoints(loadSettings()).mongoUri);
  const settings = {
    DRAIN_MS: `${DRAIN_MS}`,
    CHECKPOINT_INTERVAL_MS: "600000",
    CHECKPOINT_RECORDS: "1000000",
  };
  await withSurroundings({ partitions: PARTITIONS, settings }, async (surroundings) => {
    const { log, topic } = surroundings;
    const slow = surroundings.start("a", { MONGO_URI: surroundings.mongoUriAt(proxy.port) });
    await log.append(topic, first);
    await untilRead(surroundings, first.length, 30_000);
    const before = await storedThrough(surroundings);

    // Leases are renewed all the same: the worker is alive, only its writes don't get through.
    proxy.fateOf = (collection) => collection === "minutes" ? "hold" : "pass";
    await log.append(topic, inFlight);
    await waitUntil("a write in flight in every partition", 20_000, () => proxy.held >= PARTITIONS);
    const next = surroundings.start("b");
    const taken = await waitUntil("partitions in other hands", 30_000, () => {
      return next.readings().length === PARTITIONS / 2 && next.readings();
    });
    deepEqual(outOfBudget(slow.lines()), taken.map(({ partition }) => partition).sort());
    for (const { partition, from } of taken) {
      ok(from <= before.get(partition)!, `partition ${partition} was drained: it is read on from ${from}`);
    }
    await log.append(topic, afterwards);
    await waitUntil("the new owner further than the write in flight", 30_000, async () => {
      const stored = await storedThrough(surroundings);
      const ends = new Map((await log.ranges(topic)).map(({ partition, end }) => [partition, end]));
      return taken.every(({ partition }) => stored.get(partition) === ends.get(partition));
    });

    proxy.fateOf = () => "pass";
    proxy.letGo();
    await assertEqualToRecount(surroundings, await recountOf(records), 30_000);
    equal(slow.readings().length, PARTITIONS, "the slow worker began anew");
  });
});

/** The partitions that a worker says it has let go of before all was written. */
function outOfBudget(lines: readonly string[]): readonly number[] {
  const said = new RegExp(`^warn: let go before all was written.* partition=(\\d+) drainMs=${DRAIN_MS}$`);
  return lines.flatMap((line) => said.exec(line)?.[1] ?? []).map(Number).sort();
}
