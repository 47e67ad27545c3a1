import type { ColdStore } from "./cold_store.ts";
import { readColdBooks } from "./cold_books.ts";
import { dateTime } from "./time_range.ts";

/** How far the warehouse is with one partition. */
export interface ColdProgress {
  /** Events held, duplicates included. */
  readonly held: number;
  /** Minutes that start before this are closed by the events held, as a Watermark of shared/core would say. */
  readonly closedBeforeMs: number;
}

/** Events this much older than the newest say nothing about how far a partition is. */
const LOOKED_AT_MS = 2 * 86_400_000;

/** How far the warehouse is, by partition. It looks at events of the last two days. */
export async function readColdProgress(
  store: ColdStore,
  nowMs: number,
): Promise<ReadonlyMap<number, ColdProgress>> {
  // Both at the same time: what is held may be more than what closes, and then says less, never more.
  const [books, closing] = await Promise.all([
    readColdBooks(store),
    closedBefore(store, nowMs - LOOKED_AT_MS),
  ]);
  return new Map(
    books.map(({ partition, held }) => [partition, { held, closedBeforeMs: closing.get(partition) ?? 0 }]),
  );
}

async function closedBefore({ client }: ColdStore, fromMs: number): Promise<ReadonlyMap<number, number>> {
  const result = await client.query({
    query: `SELECT partition, toUnixTimestamp(max(closes_before)) AS second FROM events
      WHERE minute >= ${dateTime(fromMs)} GROUP BY partition`,
    format: "JSONEachRow",
  });
  const rows = await result.json<{ partition: number; second: number }>();
  return new Map(rows.map(({ partition, second }) => [partition, second * 1_000]));
}
