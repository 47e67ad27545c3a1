import * as warehouse from "@countinghouse/cold";
import { holdLease } from "@countinghouse/hot";
import * as lake from "@countinghouse/lake";
import type { ComparedAnew } from "@countinghouse/reconcile";
import { type ReadingStores, whenCaughtUp } from "./caught_up.ts";
import { type CorrectedMinutes, correctMinutes, keptMinutes } from "./corrected_minutes.ts";
import { Progress } from "./progress.ts";
import { forgetRestatedEvents } from "./restated_events.ts";
import type { ErasedUser } from "./unread_event.ts";

/** What a user is erased from. */
export type ErasedStores = ReadingStores & ComparedAnew;

/** What was erased; of a dry run, what would be. */
export interface Erased {
  readonly warehouse: {
    readonly rows: number;
    /** Minutes that these counted in, and that others count differently without them. */
    readonly minutes: number;
  };
  readonly lake: { readonly rows: number; readonly files: number };
  readonly hot: CorrectedMinutes & {
    /** Taken out of restatements. */
    readonly eventIds: number;
  };
}

/** How long the lease of the rollups stays held without a sign of life. */
const HOLD_MS = 10_000;

/**
 * Erases a user: from the restatements, the warehouse, the lake, in this order; then has the hot store's minutes
 * corrected. Each step can be repeated, and does what is left of it.
 *
 * @throws {ToldError} when a step fails; it says what was done before.
 */
export async function eraseUser(
  stores: ErasedStores,
  user: ErasedUser,
  signal: AbortSignal,
): Promise<Erased> {
  const progress = new Progress(signal);
  const below = await progress.step("Cannot begin to erase", () => whenCaughtUp(stores, user, signal));
  const eventIds = await progress.step(
    "Cannot erase from the restatements in MongoDB",
    () => forgetRestatedEvents(stores.database, stores.cold, user, false),
    (count) => `${count} event ids in MongoDB`,
  );
  const rows = await progress.step(
    "Cannot erase from ClickHouse",
    () => eraseFromWarehouse(stores, user, below, signal),
    (count) => `${count} rows in ClickHouse`,
  );
  const inLake = await progress.step(
    "Cannot erase from the Parquet files",
    () => eraseFromLake(stores, user, { below }),
    ({ rows, files }) => `${rows} rows in ${files} Parquet files`,
  );
  return await progress.step("Cannot correct the minutes in MongoDB", async () => {
    const concerned = await ofEachId(
      user,
      (userId) => warehouse.readErasedMinutes(stores.cold, user.storeId, userId),
    );
    const minutes = [...new Set(concerned.flat())];
    const hot = await correctMinutes(stores, user.storeId, minutes, signal);
    return { warehouse: { rows, minutes: minutes.length }, lake: inLake, hot: { eventIds, ...hot } };
  });
}

/** What {@link eraseUser} would erase, as far as the stores have read by now. Changes nothing. */
export async function countUser(
  stores: ErasedStores,
  user: ErasedUser,
  signal: AbortSignal,
): Promise<Erased> {
  const { database, cold } = stores;
  return await new Progress(signal).step("Cannot count", async () => {
    const below = await warehouse.readHeads(cold);
    const { rows, minutesMs } = await countRows(stores, user, below);
    const kept = await keptMinutes(database, user.storeId, minutesMs);
    return {
      warehouse: { rows, minutes: minutesMs.length },
      lake: await eraseFromLake(stores, user, { below, dryRun: true }),
      hot: {
        eventIds: await forgetRestatedEvents(database, cold, user, true),
        minutes: kept.length,
        restated: 0,
        waiting: 0,
      },
    };
  });
}

async function eraseFromWarehouse(
  stores: ErasedStores,
  user: ErasedUser,
  below: warehouse.Heads,
  signal: AbortSignal,
): Promise<number> {
  const { database, cold, nowMs } = stores;
  const lease = { group: "warehouse-rollups", partition: 0, ttlMs: HOLD_MS };
  const hold = await holdLease({ database, nowMs, ...lease }, signal);
  try {
    const { rows } = await countRows(stores, user, below);
    await ofEachId(user, (userId) => warehouse.eraseUser(cold, user.storeId, userId, below));
    hold.lost.throwIfAborted();
    return rows;
  } finally {
    await hold.release();
  }
}

async function countRows({ cold }: ErasedStores, user: ErasedUser, below: warehouse.Heads) {
  const { storeId } = user;
  const counts = await ofEachId(
    user,
    (userId) => warehouse.countUserRows(cold, { storeId, userId, below }),
  );
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    minutesMs: [...new Set(counts.flatMap(({ minutesMs }) => minutesMs))],
  };
}

async function eraseFromLake(
  stores: ErasedStores,
  user: ErasedUser,
  options: lake.ErasureOptions,
): Promise<Erased["lake"]> {
  const receipts = await ofEachId(
    user,
    (userId) => lake.eraseUser(stores.lake, user.storeId, userId, options),
  );
  return {
    rows: receipts.reduce((sum, { rowsRemoved }) => sum + rowsRemoved, 0),
    files: receipts.reduce((sum, { filesRewritten }) => sum + filesRewritten, 0),
  };
}

/** What the work answers for each id of a user, one after the other. */
async function ofEachId<T>({ userIds }: ErasedUser, work: (userId: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const userId of userIds) results.push(await work(userId));
  return results;
}
