import type { ColdStore } from "./cold_store.ts";

/** The start of a store's newest minute with an event; undefined where the warehouse holds none of it. */
export async function newestMinute({ client }: ColdStore, storeId: string): Promise<number | undefined> {
  const result = await client.query({
    query: `SELECT toUnixTimestamp(max(minute)) AS second, toUInt8(count() > 0) AS found FROM events
      WHERE store_id = {store:String}`,
    query_params: { store: storeId },
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ second: number; found: number }>();
  return row?.found === 1 ? row.second * 1_000 : undefined;
}
