import { countedIn, dateTime, type TimeRange } from "./time_range.ts";

/** Through which offset of each partition records are looked at; what is appended meanwhile waits its turn. */
export type Heads = ReadonlyMap<number, number>;

/** Which events to judge: a store's, that count in ranges of whole minutes, below the heads. */
export interface EventsAsked {
  readonly ranges: readonly TimeRange[];
  readonly heads: Heads;
  /** A condition in SQL on columns of `events`; all of them by default. */
  readonly condition?: string;
}

/** A condition in SQL: a record lies below the heads. */
export function belowHeads(heads: Heads): string {
  const entries = [...heads].map(([partition, head]) => `${partition}, ${head}`).join(", ");
  return `offset < CAST(map(${entries}), 'Map(UInt16, UInt64)')[partition]`;
}

/**
 * A subquery for a FROM: each record of a range once, with `counted` (it is no duplicate) and `late` (its minute was
 * closed when it came). Duplicates are those of {@link uniqueEvents}, whatever their age. The SQL has the parameter
 * `{store:String}`.
 *
 * The heads have to be read before: records below them are then seen by every part of the query, so that none is
 * counted whose first occurrence is not seen.
 */
export function judgedEvents({ ranges, heads, condition = "1" }: EventsAsked): string {
  const ofRange = `store_id = {store:String} AND ${countedIn(ranges)}`;
  const firstMs = Math.min(...ranges.map(({ fromMs }) => fromMs));
  return `(SELECT e.*, c.closes_before > e.minute AND e.offset > c.first AS late FROM (
      SELECT ${EVENT_COLUMNS}, (partition, offset) NOT IN (
          SELECT partition, offset FROM ${duplicatesOf(ofRange)}) AS counted
      FROM events FINAL WHERE ${ofRange} AND ${belowHeads(heads)} AND ${condition}) AS e
    ASOF LEFT JOIN ${closers(firstMs, ofRange)} AS c
      ON e.partition = c.partition AND e.minute < c.closes_before)`;
}

/** The columns of {@link judgedEvents}, but for its verdicts. */
export const EVENT_COLUMNS =
  `minute, partition, offset, append_time, event_time, counted_time, event_type, amount,
      currency, cityHash64(user_id) AS user_key, cityHash64(user_id, session_id) AS session_key`;

/**
 * A subquery: the records that are duplicates, of all those that share an event_id or an order with one of a range.
 * They may themselves lie outside it.
 */
export function duplicatesOf(ofRange: string): string {
  const inLogOrder = "ORDER BY append_time, partition, offset";
  const sameOrder = `SELECT order_key FROM events WHERE order_key != 0 AND ${ofRange}`;
  const related = `SELECT event_key FROM events WHERE ${ofRange}
      UNION ALL SELECT event_key FROM events WHERE order_key IN (${sameOrder})`;
  return `(SELECT minute, partition, offset FROM (
      SELECT minute, partition, offset, first_of_event,
        is_order AND row_number() OVER (
          PARTITION BY store_id, order_id, is_order, first_of_event ${inLogOrder}) > 1 AS repeats_order
      FROM (
        SELECT *, event_type = 'purchase' AND order_id != '' AS is_order,
          row_number() OVER (PARTITION BY store_id, event_id ${inLogOrder}) = 1 AS first_of_event
        FROM (
          SELECT store_id, event_id, event_type, order_id, append_time, minute, partition, offset
          FROM events WHERE event_key IN (${related}) LIMIT 1 BY partition, offset)))
    WHERE NOT first_of_event OR repeats_order)`;
}

/** By partition and closed minute, the first record that closed it: those behind it are late for it. */
function closers(firstMs: number, ofRange: string): string {
  return `(SELECT partition, closes_before,
      min(closer) OVER (PARTITION BY partition ORDER BY closes_before DESC ROWS UNBOUNDED PRECEDING) AS first
    FROM (
      SELECT partition, closes_before, min(offset) AS closer FROM events WHERE closes_before > ${
    dateTime(firstMs)
  }
      GROUP BY partition, closes_before
      HAVING closer < (SELECT max(offset) FROM events WHERE ${ofRange})))`;
}
