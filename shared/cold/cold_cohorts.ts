import { type Cohort, MINUTE_MS } from "@countinghouse/core";
import { readHeads } from "./cold_books.ts";
import type { ColdStore } from "./cold_store.ts";
import { countedEvents } from "./counted_events.ts";
import { planRollups } from "./rollup_plan.ts";
import { countedIn } from "./time_range.ts";
import type { EventRange } from "./unique_events.ts";
import { FINAL_WITHIN_PARTITIONS } from "./window_reader.ts";

/** The sessions that started in a minute, and how many of them took the first 1, 2, 3 and 4 funnel steps in order. */
export type ColdCohort = Pick<Cohort, "started" | "reached">;

/** No session is longer: SessionTable of shared/core cuts it there. */
const LONGEST_SESSION_MS = 86_400_000;

/**
 * The cohorts of a store's minutes, by the minute's start, from the events alone: by the rules of SessionTable and
 * FunnelPath of shared/core, but for what these leave out to stay small (sessions of more than a day, more than 64
 * carts of one, events that come after a session was let go of).
 */
export async function readColdCohorts(
  store: ColdStore,
  { storeId, fromMs, toMs }: EventRange,
  sessionTimeoutMs: number,
): Promise<ReadonlyMap<number, ColdCohort>> {
  const heads = await readHeads(store);
  if (heads.size === 0) return new Map();
  const around = { fromMs: Math.max(0, fromMs - LONGEST_SESSION_MS), toMs: toMs + LONGEST_SESSION_MS };
  const plan = await planRollups(store, storeId, around, MINUTE_MS);
  const ofRange = `store_id = {store:String} AND ${countedIn([{ fromMs, toMs }])}`;
  const inRange = `cityHash64(user_id, session_id) IN (
    SELECT cityHash64(user_id, session_id) FROM events WHERE ${ofRange})`;
  const events = countedEvents(plan, heads, inRange).map((source) =>
    `SELECT session_key, counted_time, event_type FROM ${source}`
  );
  const result = await store.client.query({
    query: `SELECT intDiv(times[1], ${MINUTE_MS}) * ${MINUTE_MS} AS minute_ms, count() AS started,
        countIf(view > 0) AS views, countIf(cart > 0) AS carts, countIf(checkout > 0) AS checkouts,
        countIf(purchase > 0) AS purchases
      FROM (
        SELECT arrayMap(event -> event.1, session) AS times, arrayMap(event -> event.2, session) AS steps,
          ${firstStep("view", 1)}, ${firstStep("cart", 2, "view")}, ${firstStep("checkout", 3, "cart")},
          ${firstStep("purchase", 4, "checkout")}
        FROM (
          SELECT arrayJoin(arraySplit((event, gap) -> gap > ${sessionTimeoutMs}, events,
            arrayDifference(arrayMap(event -> event.1, events)))) AS session
          FROM (
            SELECT session_key, arraySort(groupArray((toUnixTimestamp64Milli(counted_time), ${STEP_NUMBER}))) AS events
            FROM (${events.join(" UNION ALL ")}) GROUP BY session_key)))
      WHERE minute_ms >= ${fromMs} AND minute_ms < ${toMs} GROUP BY minute_ms`,
    query_params: { store: storeId },
    format: "JSONEachRow",
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
  const rows = await result.json<CohortRow>();
  return new Map(rows.map(({ minute_ms, started, views, carts, checkouts, purchases }) => [
    minute_ms,
    { started, reached: [views, carts, checkouts, purchases] },
  ]));
}

type CohortRow = Readonly<
  Record<"minute_ms" | "started" | "views" | "carts" | "checkouts" | "purchases", number>
>;

/** As funnelStep of shared/core. */
const STEP_NUMBER = `multiIf(event_type IN ('page_view', 'view_item'), 1, event_type = 'add_to_cart', 2,
  event_type = 'begin_checkout', 3, event_type = 'purchase', 4, 0)`;

/** When a step was first taken after the step before it; 0 for never. */
function firstStep(name: string, number: number, before?: string): string {
  const first = (least: string) =>
    `arrayFirst((time, step) -> step = ${number} AND time >= ${least}, times, steps)`;
  return `${before === undefined ? first("0") : `if(${before} > 0, ${first(before)}, 0)`} AS ${name}`;
}
