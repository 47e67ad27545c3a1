import type { ColdStore } from "./cold_store.ts";
import { inRanges, type TimeRange } from "./time_range.ts";

/** The steps of rollups, the coarsest first, with their widths. All of them lie on the hours and days of UTC. */
export const ROLLUP_STEPS = [
  { name: "day", startOf: "toStartOfDay", widthMs: 86_400_000 },
  { name: "hour", startOf: "toStartOfHour", widthMs: 3_600_000 },
  { name: "minute", startOf: "toStartOfMinute", widthMs: 60_000 },
] as const;

/** One of {@link ROLLUP_STEPS}. */
export type RollupStep = typeof ROLLUP_STEPS[number];

/**
 * Where a store's rollups of a step are not up to date: ranges that hold all of those, and no event of any other. A
 * rollup is up to date when it says that it has reached the last record of each partition that lies in it; which
 * one that is, the events themselves know, from a projection that is stored in the same part.
 */
export async function staleRollups(
  { client }: ColdStore,
  storeId: string,
  { name, startOf, widthMs }: RollupStep,
  ranges: readonly TimeRange[],
): Promise<readonly TimeRange[]> {
  if (ranges.length === 0) return [];
  const result = await client.query({
    query: `SELECT toUnixTimestamp(min(start)) AS first, toUnixTimestamp(max(start)) AS last FROM (
        SELECT live.start AS start, live.reached = rolled.reached AS fresh,
          sum(fresh) OVER (ORDER BY live.start) AS fresh_before
        FROM (
          SELECT start, maxMap(map(partition, last)) AS reached FROM (
            SELECT ${startOf}(minute) AS start, partition, max(offset) AS last FROM events
            WHERE store_id = {store:String} AND ${inRanges("minute", ranges)}
            GROUP BY start, partition)
          GROUP BY start) AS live
        LEFT JOIN (
          SELECT start, reached FROM rollups FINAL
          WHERE step = '${name}' AND store_id = {store:String} AND ${inRanges("start", ranges)}) AS rolled
        ON live.start = rolled.start)
      WHERE NOT fresh GROUP BY fresh_before ORDER BY first`,
    query_params: { store: storeId },
    format: "JSONEachRow",
  });
  const runs = await result.json<{ first: number; last: number }>();
  return runs.map(({ first, last }) => ({ fromMs: first * 1_000, toMs: last * 1_000 + widthMs }));
}
