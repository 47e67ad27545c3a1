import type { LogRecord, Offset, RecordBatch } from "@countinghouse/core";

/** The time at which the records of a test begin. */
export const T0 = Date.parse("2026-03-01T12:00:00.000Z");
/** The partition of the records of a test. */
export const PARTITION = 3;

/** A record that was appended `offset` milliseconds after {@link T0}; an object is an event with that in it. */
export function record(at: number, value: string | Readonly<Record<string, unknown>>): LogRecord {
  const json = typeof value === "string" ? value : JSON.stringify({
    event_id: `e${at}`,
    event_type: "page_view",
    event_ts: new Date(T0 + at).toISOString(),
    user_id: `u${at % 7}`,
    session_id: `s${at % 11}`,
    ...value,
  });
  return {
    offset: at as Offset,
    appendTimeMs: T0 + at,
    key: null,
    value: new TextEncoder().encode(json),
  };
}

/** A batch of records, which reaches behind the last one. */
export function batchOf(records: readonly LogRecord[], partition = PARTITION): RecordBatch {
  const from = (records[0]?.offset ?? 0) as Offset;
  const through = ((records.at(-1)?.offset ?? -1) + 1) as Offset;
  return { partition, records, from, through, end: through };
}
