import { holdLease } from "@countinghouse/hot";
import { FirstMoneyOfStores } from "./first_money.ts";
import { HOLD_MS, type PartitionReplay, type ReplayOptions, replayPartition } from "./replay_partition.ts";
import type { Tally } from "./rebuild_windows.ts";

/** What a replay came to. */
export interface ReplayResult {
  readonly tally: Tally;
  readonly partitions: ReadonlyMap<number, PartitionReplay>;
  /** Stores whose first money event was wrong. */
  readonly stores: readonly string[];
}

/** A waiting replay says so after this. */
const WAIT_TOLD_MS = 1_000;

/**
 * Replays every partition, one after the other, so that never more than one is away from its worker. One replay
 * at a time: a second one waits.
 *
 * @throws when an engine fails for good, or the signal aborts; what was repaired until then is right.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplayResult> {
  const { database, nowMs, logger, log, topic } = options;
  const told = setTimeout(() => logger.info("another replay is running; waiting for its end"), WAIT_TOLD_MS);
  const only = await holdLease({ database, group: "replay", partition: 0, ttlMs: HOLD_MS, nowMs }, signal)
    .finally(() => clearTimeout(told));
  try {
    const until = AbortSignal.any([signal, only.lost]);
    const partitions = new Map<number, PartitionReplay>();
    for (const range of await log.ranges(topic)) {
      partitions.set(range.partition, await replayPartition(options, range, until));
    }
    const stores = await replayStores(options, [...partitions.values()]);
    return { tally: sum([...partitions.values()], stores), partitions, stores: stores.wrong };
  } finally {
    await only.release();
  }
}

interface ComparedStores {
  readonly compared: number;
  readonly wrong: readonly string[];
}

/** What is known of the stores comes from all partitions together, so only a replay of everything can tell. */
async function replayStores(
  { database, scope, dryRun }: ReplayOptions,
  partitions: readonly PartitionReplay[],
): Promise<ComparedStores> {
  const isWhole = scope === undefined && partitions.every(({ rebuildableFromMs }) => rebuildableFromMs === 0);
  if (!isWhole) return { compared: 0, wrong: [] };
  const first = new FirstMoneyOfStores();
  for (const { stores } of partitions) first.add(stores);
  const wrong = await first.wrong(database);
  if (!dryRun) {
    for (const store of wrong) await FirstMoneyOfStores.repair(database, store.store, store.first);
  }
  return { compared: first.size, wrong: wrong.map(({ store }) => store) };
}

/** All documents together: minutes, cohorts and breakdowns, and where they were compared, books and stores. */
function sum(partitions: readonly PartitionReplay[], stores: ComparedStores): Tally {
  const add = (of: (partition: PartitionReplay) => number) =>
    partitions.reduce((total, partition) => total + of(partition), 0);
  return {
    compared: add(({ tally, books }) => tally.compared + (books === undefined ? 0 : 1)) + stores.compared,
    changed: add(({ tally, books }) => tally.changed + (books?.length ? 1 : 0)) + stores.wrong.length,
    missing: add(({ tally }) => tally.missing),
    surplus: add(({ tally }) => tally.surplus),
    unsettled: add(({ tally }) => tally.unsettled),
  };
}
