/** Part of a store's events by event time, half-open, in milliseconds. */
export interface EventRange {
  readonly storeId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** SQL with the values of its `{name:Type}` placeholders. */
export interface SqlFragment {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const IN_RANGE = `store_id = {unique_store:String}
      AND event_time >= fromUnixTimestamp64Milli({unique_from:Int64}, 'UTC')
      AND event_time < fromUnixTimestamp64Milli({unique_to:Int64}, 'UTC')`;

/**
 * A subquery for a FROM: the events of a range without duplicates, however far apart in the log these are. The first
 * record of an event_id counts; among those, for purchases, the first of an order_id. This is the rule of the
 * rollup, without its horizon. The first is the one appended first.
 *
 * The narrowing by 64-bit hashes only limits what is looked at; the ids themselves decide. It reads 16 bytes of every
 * row of the table, so ask for many minutes at once.
 */
export function uniqueEvents({ storeId, fromMs, toMs }: EventRange): SqlFragment {
  const orders = `SELECT order_key FROM events WHERE order_key != 0 AND ${IN_RANGE}`;
  const related = `SELECT event_key FROM events WHERE ${IN_RANGE}
      UNION ALL SELECT event_key FROM events WHERE order_key IN (${orders})`;
  return {
    sql: `(SELECT * FROM ${firsts(`WHERE event_key IN (${related})`)} WHERE ${IN_RANGE})`,
    params: { unique_store: storeId, unique_from: fromMs, unique_to: toMs },
  };
}

/** As {@link uniqueEvents}, of the whole table; for small tables and for questions asked by hand. */
export const ALL_UNIQUE_EVENTS = `SELECT * FROM ${firsts("")}`;

function firsts(where: string): string {
  const inLogOrder = "ORDER BY append_time, partition, offset";
  const firstOfEvent = `SELECT * FROM events ${where} ${inLogOrder} LIMIT 1 BY store_id, event_id`;
  return `(SELECT * FROM (${firstOfEvent}) ${inLogOrder}
    LIMIT 1 BY store_id,
      event_type = 'purchase' AND order_id != '',
      if(event_type = 'purchase' AND order_id != '', order_id, event_id))`;
}
