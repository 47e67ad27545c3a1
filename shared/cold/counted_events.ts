import { belowHeads, EVENT_COLUMNS, type Heads, judgedEvents } from "./judged_events.ts";
import type { RollupPlan } from "./rollup_plan.ts";
import { countedIn, inRanges } from "./time_range.ts";

/**
 * Subqueries for a FROM that are together the events of a plan's range that count, each once, with the columns of
 * {@link judgedEvents}. Where a rollup is up to date it knows the duplicates and the late ones; elsewhere they are
 * looked for. The SQL has the parameter `{store:String}`.
 *
 * @param condition In SQL, on columns of `events`.
 */
export function countedEvents(plan: RollupPlan, heads: Heads, condition: string): readonly string[] {
  const known = knownEvents(plan, heads, condition);
  return plan.raw.length === 0
    ? [known]
    : [known, `(SELECT * FROM ${judgedEvents({ ranges: plan.raw, heads, condition })} WHERE counted)`];
}

function knownEvents({ range, raw }: RollupPlan, heads: Heads, condition: string): string {
  const told = (list: string) =>
    `(SELECT record.1, record.2 FROM (SELECT arrayJoin(${list}) AS record FROM rollups FINAL
      WHERE step = 'minute' AND store_id = {store:String} AND ${inRanges("start", [range])}))`;
  return `(SELECT ${EVENT_COLUMNS}, true AS counted, (partition, offset) IN ${told("late_records")} AS late
    FROM events FINAL WHERE store_id = {store:String} AND ${countedIn([range])}
      AND NOT ${inRanges("minute", raw)} AND ${belowHeads(heads)} AND ${condition}
      AND (partition, offset) NOT IN ${told("duplicates")})`;
}
