import { readHeads } from "./cold_books.ts";
import type { ColdStore } from "./cold_store.ts";
import { eventsOfUser } from "./erasures.ts";
import type { Heads } from "./judged_events.ts";
import { refreshRollups } from "./refresh_rollups.ts";
import { ROLLUP_STEPS } from "./stale_rollups.ts";

/** What was done to forget a user. */
export interface ErasureReceipt {
  readonly storeId: string;
  /** Rows of the warehouse that were deleted, duplicates included. */
  readonly rows: number;
  /** Minutes that these counted in, whose rollups were made anew. */
  readonly minutes: number;
  /** When it was done. */
  readonly atMs: number;
}

/**
 * Deletes a user's events, and waits until no part of the table holds them; then the rollups that they were in. It is
 * noted, by the user's hash, through which offsets that was, so that a worker which starts afterwards doesn't
 * read the user's last events again. Doing it twice does no harm, and finishes what was broken off.
 *
 * The minutes noted are those that the user's events count in, and those of sessions that have an event with the same
 * event_id or order, which may now be the first.
 *
 * No refresh of the rollups may be under way meanwhile: hold the lease of `warehouse-rollups`. What the log and the
 * lake still hold comes back when it is replayed.
 *
 * @param below Only records below here; all that there are where left out.
 */
export async function eraseUser(
  store: ColdStore,
  storeId: string,
  userId: string,
  below?: Heads,
): Promise<ErasureReceipt> {
  const { client } = store;
  const params = { store: storeId, user: userId };
  const heads = below ?? await readHeads(store);
  const ofUser = eventsOfUser(heads);
  const reached = [...heads].map(([partition, head]) => `${partition}, ${head}`);
  await client.command({
    query: `INSERT INTO erasures (store_id, user_hash, rows, minutes, reached)
      SELECT {store:String}, cityHash64({user:String}), countIf(${ofUser}), arraySort(groupUniqArray(minute)),
        CAST(map(${reached}), 'Map(UInt16, UInt64)')
      FROM events FINAL WHERE store_id = {store:String} AND (user_id, session_id) IN (
        SELECT user_id, session_id FROM events WHERE store_id = {store:String} AND (
          event_key IN (SELECT event_key FROM events WHERE ${ofUser}) OR
          order_key IN (SELECT order_key FROM events WHERE order_key != 0 AND ${ofUser})))`,
    query_params: params,
  });
  await client.command({
    query: `ALTER TABLE events DELETE WHERE ${ofUser}`,
    query_params: params,
    clickhouse_settings: { mutations_sync: "2" },
  });
  // Those noted by a call that was broken off are among them.
  const starts = ROLLUP_STEPS.map(({ name, startOf }) =>
    `(step = '${name}' AND start IN (SELECT ${startOf}(arrayJoin(minutes)) FROM erasures
      WHERE store_id = {store:String} AND user_hash = cityHash64({user:String})))`
  );
  await client.command({
    query: `ALTER TABLE rollups DELETE WHERE store_id = {store:String} AND (${starts.join(" OR ")})`,
    query_params: params,
    clickhouse_settings: { mutations_sync: "2" },
  });
  const result = await client.query({
    query: `SELECT toUInt32(sum(rows)) AS rows, toUInt32(length(groupUniqArrayArray(minutes))) AS minutes,
        toString(toUnixTimestamp64Milli(now64(3))) AS at
      FROM erasures WHERE store_id = {store:String} AND user_hash = cityHash64({user:String})`,
    query_params: params,
    format: "JSONEachRow",
  });
  const [receipt] = await result.json<{ rows: number; minutes: number; at: string }>();
  const atMs = Number(receipt?.at);
  await refreshRollups(store, { settledMs: atMs });
  return { storeId, rows: receipt?.rows ?? 0, minutes: receipt?.minutes ?? 0, atMs };
}
