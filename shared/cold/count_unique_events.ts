import { readHeads } from "./cold_books.ts";
import type { ColdStore } from "./cold_store.ts";
import { judgedEvents } from "./judged_events.ts";
import { planRollups } from "./rollup_plan.ts";
import { inRanges } from "./time_range.ts";
import { FINAL_WITHIN_PARTITIONS } from "./window_reader.ts";

const DAY_MS = 86_400_000;
/** All that the warehouse's minutes can be. */
const EVER = { fromMs: 0, toMs: Math.floor(4_294_967_295_000 / DAY_MS) * DAY_MS };

/**
 * How many events the warehouse holds, each once by the rule of {@link uniqueEvents}: added up from rollups where they
 * are up to date, so it costs what came in since.
 */
export async function countUniqueEvents(store: ColdStore): Promise<number> {
  const counts = await Promise.all((await readStores(store)).map((storeId) => countOfStore(store, storeId)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function readStores({ client }: ColdStore): Promise<readonly string[]> {
  const result = await client.query({ query: "SELECT DISTINCT store_id FROM events", format: "JSONEachRow" });
  return (await result.json<{ store_id: string }>()).map(({ store_id }) => store_id);
}

async function countOfStore(store: ColdStore, storeId: string): Promise<number> {
  const heads = await readHeads(store);
  const { pieces, raw } = await planRollups(store, storeId, EVER, DAY_MS);
  const rolledUp = pieces.map(({ step, within, except }) =>
    `SELECT sum(events) AS events FROM rollups FINAL WHERE step = '${step.name}' AND store_id = {store:String}
      AND ${inRanges("start", within)} AND NOT ${inRanges("start", except)}`
  );
  const others = raw.length === 0
    ? []
    : [`SELECT countIf(counted) AS events FROM ${judgedEvents({ ranges: raw, heads })}`];
  const result = await store.client.query({
    query: `SELECT sum(events) AS total FROM (${[...rolledUp, ...others].join(" UNION ALL ")})`,
    query_params: { store: storeId },
    format: "JSONEachRow",
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
  const [row] = await result.json<{ total: number }>();
  return row?.total ?? 0;
}
