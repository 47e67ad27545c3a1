import type { ColdStore } from "@countinghouse/cold";
import type { CurrencyCode, EventType, MinorUnits } from "@countinghouse/core";
import type { EventRecord } from "./event_record.ts";

/** A minute of a shop. */
export interface MinuteKey {
  readonly storeId: string;
  readonly minuteMs: number;
}

/** Records that a question is about. */
export interface AskedRecords {
  readonly asked: readonly EventRecord[];
  /** Those, and all their copies, wherever these count. */
  readonly withCopies: readonly EventRecord[];
}

/** A minute has more records than are worth looking at one by one. */
export class TooManyRecordsError extends Error {
  override name = "TooManyRecordsError";
}

/** So many records are looked at one by one; at 10,000 events a second, a minute has more. */
export const MOST_RECORDS = 500_000;
const MINUTE = "toDateTime({minute:UInt32}, 'UTC')";
/** No event counts at a later time than its own, and the table is sorted by that. */
const IN_MINUTE = `store_id = {store:String} AND event_time >= ${MINUTE} AND minute = ${MINUTE}`;
/** As long as a session can be; see SessionTable of shared/core. */
const LONGEST_SESSION_S = 86_400;

/** The records that count in a minute, or would if they were no copies. @throws {TooManyRecordsError} */
export function readMinuteRecords(cold: ColdStore, key: MinuteKey): Promise<AskedRecords> {
  return readRecords(cold, key, IN_MINUTE);
}

/**
 * All records, as far as a session can reach, of the sessions that have one in a minute.
 *
 * @throws {TooManyRecordsError}
 */
export function readSessionRecords(cold: ColdStore, key: MinuteKey): Promise<AskedRecords> {
  return readRecords(
    cold,
    key,
    `store_id = {store:String} AND minute >= ${MINUTE} - ${LONGEST_SESSION_S}
      AND minute <= ${MINUTE} + ${LONGEST_SESSION_S}
      AND (user_id, session_id) IN (SELECT user_id, session_id FROM events WHERE ${IN_MINUTE})`,
  );
}

/** By partition, the offset of the record that closed a minute; what comes behind it is late. */
export async function readClosings(cold: ColdStore, minuteMs: number): Promise<ReadonlyMap<number, number>> {
  const result = await cold.client.query({
    query: `SELECT partition, toString(min(offset)) AS closer FROM events
      WHERE closes_before > ${MINUTE} GROUP BY partition`,
    query_params: { minute: minuteMs / 1_000 },
    format: "JSONEachRow",
  });
  const rows = await result.json<{ partition: number; closer: string }>();
  return new Map(rows.map(({ partition, closer }) => [partition, Number(closer)]));
}

type Row = readonly [
  asked: number,
  partition: number,
  offset: string,
  appendTime: string,
  eventTime: string,
  countedTime: string,
  eventId: string,
  type: string,
  orderId: string,
  userId: string,
  sessionId: string,
  amount: string | null,
  currency: string,
];

async function readRecords(
  cold: ColdStore,
  { storeId, minuteMs }: MinuteKey,
  condition: string,
): Promise<AskedRecords> {
  const sameOrder = `SELECT order_key FROM events WHERE order_key != 0 AND ${condition}`;
  const related = `SELECT event_key FROM events WHERE ${condition}
    UNION ALL SELECT event_key FROM events WHERE order_key IN (${sameOrder})`;
  const result = await cold.client.query({
    query: `SELECT ${condition} AS asked, partition, toString(offset),
        toString(toUnixTimestamp64Milli(append_time)), toString(toUnixTimestamp64Milli(event_time)),
        toString(toUnixTimestamp64Milli(counted_time)), event_id, event_type, order_id, user_id, session_id,
        toString(amount), currency
      FROM events WHERE store_id = {store:String} AND event_key IN (${related})
      LIMIT 1 BY partition, offset LIMIT ${MOST_RECORDS + 1}`,
    query_params: { store: storeId, minute: minuteMs / 1_000 },
    format: "JSONCompactEachRow",
  });
  const rows = await result.json<Row>();
  if (rows.length > MOST_RECORDS) {
    throw new TooManyRecordsError(
      `Cannot look at every record: there are more than ${MOST_RECORDS.toLocaleString("en")}`,
    );
  }
  const asked: EventRecord[] = [];
  const withCopies = rows.map((row) => {
    const record = recordOf(row);
    if (Number(row[0]) === 1) asked.push(record);
    return record;
  });
  return { asked, withCopies };
}

function recordOf(row: Row): EventRecord {
  const [
    ,
    partition,
    offset,
    append,
    event,
    counted,
    eventId,
    type,
    order,
    userId,
    sessionId,
    amount,
    currency,
  ] = row;
  return {
    partition,
    offset: Number(offset),
    appendTimeMs: Number(append),
    eventTimeMs: Number(event),
    countedTimeMs: Number(counted),
    eventId,
    type: type as EventType,
    orderId: order === "" ? undefined : order,
    userId,
    sessionId,
    amount: amount === null ? undefined : Number(amount) as MinorUnits,
    currency: currency === "" ? undefined : currency as CurrencyCode,
  };
}
