import type { ColdStore } from "@countinghouse/cold";

/**
 * How many events the warehouse holds, each counted once, as the hot store counts them. It reads the whole table,
 * so ask seldom.
 */
export async function countWarehouseEvents({ client }: ColdStore): Promise<number> {
  const query = "SELECT toString(count()) AS events FROM events_unique";
  const result = await client.query({ query, format: "JSONEachRow" });
  const [row] = await result.json<{ events: string }>();
  return Number(row?.events ?? 0);
}
