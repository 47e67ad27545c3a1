import { deepEqual, ok } from "node:assert/strict";
import type { NewRecord } from "@countinghouse/log";
import { waitUntil } from "../wait_until.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import type { RollupProcess } from "./rollup_process.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, booksOf, storedThrough } from "./stored_recount.ts";

const PARTITIONS = 4;
const PIECES = 30;
/** Snapshots are saved only when a partition is let go of, so they tell whether that was done in time. */
const NO_CHECKPOINTS = { CHECKPOINT_INTERVAL_MS: "600000", CHECKPOINT_RECORDS: "1000000" };
const LEASE_MS = 1_500;

Deno.test("a second worker joins under load: what is in flight is drained, and nothing is read again", async () => {
  await withSurroundings({ partitions: PARTITIONS, settings: NO_CHECKPOINTS }, async (surroundings) => {
    const records = someRecords(21);
    const first = surroundings.start("a");
    await untilReading([first]);
    const load = startLoad(surroundings, records);
    await untilProgress(surroundings);

    const second = surroundings.start("b");
    const taken = await waitUntil("a partition that changes hands", 30_000, () => {
      const readings = second.readings();
      return readings.length === PARTITIONS / 2 && readings;
    });
    ok(load.isOn(), "the second worker came when the load was over");
    await load.ended;

    await assertEqualToRecount(surroundings, await recountOf(records), 60_000);
    ok(
      taken.every(({ from }) => from > 0),
      `not drained in time: read from ${taken.map(({ from }) => from)}`,
    );
    deepEqual(letGoOf(first), taken.map(({ partition }) => partition).sort());
  });
});

Deno.test("a worker stalled beyond its lease comes back with a batch in flight: nothing changes", async () => {
  await withSurroundings({ partitions: PARTITIONS }, async (surroundings) => {
    const records = someRecords(22);
    const [stalled, other] = [surroundings.start("a"), surroundings.start("b")];
    await untilReading([stalled, other]);
    const load = startLoad(surroundings, records);
    await untilProgress(surroundings);

    stalled.signal("SIGSTOP");
    const atStall = await storedThrough(surroundings);
    const readBefore = other.readings().length;
    const own = new Set(
      stalled.readings().map(({ partition }) => partition).filter((partition) =>
        !letGoOf(stalled).includes(partition)
      ),
    );
    const taken = await waitUntil("its partitions in other hands", 10 * LEASE_MS, () => {
      const taken = new Set(other.readings().slice(readBefore).map(({ partition }) => partition));
      return own.isSubsetOf(taken) && taken;
    });
    const letGoBefore = letGoOf(stalled).length;
    await waitUntil("the other one further than the stalled one", 30_000, async () => {
      const now = await storedThrough(surroundings);
      return [...own].every((partition) => (now.get(partition) ?? 0) > (atStall.get(partition) ?? 0));
    });
    ok(load.isOn(), "the stall was over when nothing was in flight any more");

    stalled.signal("SIGCONT");
    // Letting go of a partition ends with a write of what it had folded, which is behind what is stored.
    await waitUntil("the zombie's last writes", 20_000, () => letGoOf(stalled).length > letGoBefore);
    await load.ended;
    await assertEqualToRecount(surroundings, await recountOf(records), 60_000);
    ok(taken.size > 0);
  });
});

function someRecords(seed: number): NewRecord[] {
  const startMs = Date.parse("2026-03-01T10:00:00Z");
  return randomRecords({ events: 40_000, seed, startMs, spanMs: 600_000, repeated: 400 });
}

/** Appends records piece by piece, each when the one before the last is stored, so that there always is work. */
function startLoad(surroundings: Surroundings, records: readonly NewRecord[]) {
  let isOn = true;
  const ended = (async () => {
    let appended = 0;
    for (const piece of piecesOf(records, PIECES)) {
      const least = appended - piece.length;
      await waitUntil("room for more load", 60_000, async () => (await booksOf(surroundings)).read >= least);
      await surroundings.log.append(surroundings.topic, piece);
      appended += piece.length;
    }
    isOn = false;
  })();
  return { ended, isOn: () => isOn };
}

/** Waits until every partition is being read. */
async function untilReading(workers: readonly RollupProcess[]): Promise<void> {
  await waitUntil("workers that share the partitions", 30_000, () => {
    const held = workers.map((worker) => worker.readings().length - letGoOf(worker).length);
    return held.every((partitions) => partitions === PARTITIONS / workers.length);
  });
}

/** Waits until something of every partition is stored. */
async function untilProgress(surroundings: Surroundings): Promise<void> {
  await waitUntil("progress in every partition", 30_000, async () => {
    const stored = await storedThrough(surroundings);
    return stored.size === PARTITIONS && [...stored.values()].every((through) => through > 0);
  });
}

/** The partitions that a worker says it has let go of. */
function letGoOf(worker: RollupProcess): readonly number[] {
  return worker.lines().flatMap((line) => {
    const found = /^let go of topic=\S+ partition=(\d+)$/.exec(line);
    return found === null ? [] : [Number(found[1])];
  }).sort();
}
