import type { ColdStore } from "./cold_store.ts";
import { belowHeads, type Heads } from "./judged_events.ts";

/** A user's events, in SQL: a condition with the parameters `{store:String}` and `{user:String}`. */
export function eventsOfUser(below: Heads): string {
  return `store_id = {store:String} AND user_id = {user:String} AND ${belowHeads(below)}`;
}

/** How many rows of a user there are below the heads, and the starts of the minutes that they count in. */
export async function countUserRows(
  { client }: ColdStore,
  { storeId, userId, below }: { readonly storeId: string; readonly userId: string; readonly below: Heads },
): Promise<{ readonly rows: number; readonly minutesMs: readonly number[] }> {
  const result = await client.query({
    query: `SELECT toUInt32(uniqExact(partition, offset)) AS rows, 
        arraySort(groupUniqArray(toUnixTimestamp(minute))) AS seconds
      FROM events WHERE ${eventsOfUser(below)}`,
    query_params: { store: storeId, user: userId },
    format: "JSONEachRow",
  });
  const [found] = await result.json<{ rows: number; seconds: readonly number[] }>();
  return { rows: found?.rows ?? 0, minutesMs: (found?.seconds ?? []).map((second) => second * 1_000) };
}

/** Which of some records are events of a user, under any of their ids. */
export async function usersRecords(
  { client }: ColdStore,
  { storeId, userIds, records }: {
    readonly storeId: string;
    readonly userIds: readonly string[];
    readonly records: readonly { readonly partition: number; readonly offset: number }[];
  },
): Promise<readonly { readonly partition: number; readonly offset: number }[]> {
  if (records.length === 0) return [];
  const listed = records.map(({ partition, offset }) => `(${partition}, ${offset})`);
  const result = await client.query({
    query: `SELECT DISTINCT partition, toString(offset) AS offset FROM events
      WHERE store_id = {store:String} AND user_id IN {users:Array(String)} AND (partition, offset) IN (${listed})`,
    query_params: { store: storeId, users: [...userIds] },
    format: "JSONEachRow",
  });
  const rows = await result.json<{ partition: number; offset: string }>();
  return rows.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
}

/** Starts of the minutes that the erasure of a user may have changed, ascending. */
export async function readErasedMinutes(
  { client }: ColdStore,
  storeId: string,
  userId: string,
): Promise<readonly number[]> {
  const result = await client.query({
    query: `SELECT DISTINCT toUnixTimestamp(arrayJoin(minutes)) AS second FROM erasures
      WHERE store_id = {store:String} AND user_hash = cityHash64({user:String}) ORDER BY second`,
    query_params: { store: storeId, user: userId },
    format: "JSONEachRow",
  });
  return (await result.json<{ second: number }>()).map(({ second }) => second * 1_000);
}

/** Whether a user was erased who may have had events in a minute of a store. */
export async function isErasedFrom(
  { client }: ColdStore,
  storeId: string,
  minuteMs: number,
): Promise<boolean> {
  const result = await client.query({
    query: `SELECT count() > 0 AS erased FROM erasures
      WHERE store_id = {store:String} AND has(minutes, toDateTime({minute:UInt32}, 'UTC'))`,
    query_params: { store: storeId, minute: minuteMs / 1_000 },
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ erased: boolean | number }>();
  return Boolean(row?.erased);
}
