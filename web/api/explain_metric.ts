import type { EventType } from "@countinghouse/core";

/** How a metric is counted from a minute's events. */
export interface ExplainedMetric {
  /** The event types that count for it; undefined is all. */
  readonly types?: readonly EventType[];
  /** Only events that were late, or whose clock was ahead. */
  readonly only?: "late" | "skewed";
  /** What to select from the minute's events that count, which have the columns of the table `events`, and `late`. */
  readonly select: string;
  /** One row for each currency. */
  readonly byCurrency?: boolean;
}

const countOf = (type: EventType): ExplainedMetric => ({
  types: [type],
  select: `countIf(event_type = '${type}') AS value`,
});
const GROSS = "sumIf(amount, event_type = 'purchase')";
const REFUNDS = "sumIf(amount, event_type = 'refund')";
const money = (types: readonly EventType[], minor: string): ExplainedMetric => ({
  types,
  select: `currency, ${minor} AS minor_units`,
  byCurrency: true,
});

/** The metrics that can be explained, under their names in the API. */
export const EXPLAINED_METRICS = {
  events: { select: "count() AS value" },
  sessions: { select: "uniqExact(user_id, session_id) AS value" },
  unique_users: { select: "uniqExact(user_id) AS value" },
  page_views: countOf("page_view"),
  view_items: countOf("view_item"),
  searches: countOf("search"),
  add_to_carts: countOf("add_to_cart"),
  remove_from_carts: countOf("remove_from_cart"),
  begin_checkouts: countOf("begin_checkout"),
  purchases: countOf("purchase"),
  refunds: countOf("refund"),
  other_events: countOf("other"),
  late_events: { only: "late", select: "countIf(late) AS value" },
  skewed_events: { only: "skewed", select: "countIf(counted_time != event_time) AS value" },
  conversion_rate: {
    select: `countIf(event_type = 'purchase') AS purchases, uniqExact(user_id, session_id) AS sessions,
  round(purchases / sessions, 4) AS value`,
  },
  revenue: money(["purchase", "refund"], `ifNull(${GROSS}, 0) - ifNull(${REFUNDS}, 0)`),
  gross_revenue: money(["purchase"], GROSS),
  refund_amount: money(["refund"], REFUNDS),
  aov: {
    types: ["purchase", "refund"],
    select: `currency, ifNull(${GROSS}, 0) - ifNull(${REFUNDS}, 0) AS minor_units,
  countIf(event_type = 'purchase') AS purchases`,
    byCurrency: true,
  },
} as const satisfies Readonly<Record<string, ExplainedMetric>>;

/** One of {@link EXPLAINED_METRICS}. */
export type ExplainedName = keyof typeof EXPLAINED_METRICS;

/**
 * The question to the warehouse that gives a metric of a minute, as it can be asked by hand: of an event_id the first
 * record counts, and of those, for purchases, the first of an order_id.
 */
export function explainQuery(name: ExplainedName): string {
  const { select, byCurrency = false, types = [] }: ExplainedMetric = EXPLAINED_METRICS[name];
  const ofTypes = types.map((type) => `'${type}'`).join(", ");
  const minute = "toDateTime({minute:UInt32}, 'UTC')";
  const ofMinute = `store_id = {store:String} AND event_time >= ${minute} AND minute = ${minute}`;
  return `SELECT ${select}
FROM (
  SELECT *, offset > closer AS late
  FROM (
    SELECT *, counted_time, minute FROM (
      SELECT *, counted_time, minute FROM events
      WHERE store_id = {store:String} AND event_key IN (
        SELECT event_key FROM events WHERE ${ofMinute}
        UNION ALL
        SELECT event_key FROM events WHERE order_key IN (
          SELECT order_key FROM events WHERE order_key != 0 AND ${ofMinute}))
      ORDER BY append_time, partition, offset LIMIT 1 BY event_id)
    ORDER BY append_time, partition, offset
    LIMIT 1 BY event_type = 'purchase' AND order_id != '',
      if(event_type = 'purchase' AND order_id != '', order_id, event_id)) AS e
  LEFT JOIN (
    SELECT partition, min(offset) AS closer FROM events WHERE closes_before > ${minute} GROUP BY partition) AS c
  USING partition
  WHERE minute = ${minute})${
    byCurrency
      ? `\nWHERE event_type IN (${ofTypes}) AND amount IS NOT NULL GROUP BY currency ORDER BY currency`
      : ""
  }
SETTINGS join_use_nulls = 1`;
}
