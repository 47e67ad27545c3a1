import { type ClickHouseSettings, SettingsMap } from "@clickhouse/client";
import type { ColdStore } from "./cold_store.ts";
import { type ExportFormat, exportSelection, FORMULA_START } from "./export_columns.ts";
import { belowHeads, type Heads } from "./judged_events.ts";
import { type EventRange, type SqlFragment, uniqueEvents } from "./unique_events.ts";

/** A row's place in the order of an export; no two rows share one. */
export interface ExportKey {
  /** In milliseconds since the epoch. */
  readonly eventTimeMs: number;
  readonly partition: number;
  readonly offset: number;
}

/** Which events an export holds: those of a range without duplicates, by event time, partition and offset. */
export interface EventExport {
  readonly range: EventRange;
  /** The part of the log that it is made of. Rows are written in offset order, so it is the same for ever. */
  readonly heads: Heads;
  /** Only what comes behind this row. */
  readonly after?: ExportKey | undefined;
  /** Only up to this row, which is the last. */
  readonly through?: ExportKey | undefined;
}

/** So many rows are asked for at once: what the warehouse has to sort, and what Parquet has to hold, in memory. */
const SLICE_ROWS = 100_000;
/** So many rows are looked at first for the end of a page, and then twice as many each time. */
const FIRST_SEARCH_ROWS = 1_000;
/** A server cuts a connection whose reader takes nothing for 30 s; who is slow decides the caller. */
const SEND_TIMEOUT_S = 3_600;
const KEY_ORDER = "event_time, partition, offset";

/**
 * Reads an export slice by slice, each one a query whose rows come as fast as they are taken. Text formats come
 * without a header. There is always at least one slice; an empty one has Arrow's schema.
 *
 * The signal cancels the query under way.
 *
 * @throws what the warehouse or the connection says, also in the middle of a slice.
 */
export async function* exportEvents(
  store: ColdStore,
  asked: EventExport,
  format: ExportFormat,
  signal: AbortSignal,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for await (const slice of slicesOf(store, asked, SLICE_ROWS, signal)) {
    const { sql, params } = selectionOf(asked, slice);
    const { stream } = await store.client.exec({
      query: `SELECT ${exportSelection(format)} FROM ${sql} AS e
        ORDER BY e.event_time, e.partition, e.offset FORMAT ${format}`,
      query_params: { ...params, formula_start: FORMULA_START },
      clickhouse_settings: { ...readingOf(asked), ...EXPORT_SETTINGS },
      abort_signal: signal,
    });
    yield stream;
  }
}

/**
 * The place of the `count`-th row of an export, so that a page can say where it ends before its first byte; undefined
 * when there are fewer.
 */
export async function findExportKey(
  store: ColdStore,
  asked: EventExport,
  count: number,
  signal: AbortSignal,
): Promise<ExportKey | undefined> {
  let missing = count;
  for await (const slice of slicesOf(store, asked, FIRST_SEARCH_ROWS, signal)) {
    const { sql, params } = selectionOf(asked, slice);
    const result = await store.client.query({
      query: `SELECT toString(length(keys)) AS found, toString(keys[{missing:UInt64}].1) AS event_time,
          keys[{missing:UInt64}].2 AS partition, toString(keys[{missing:UInt64}].3) AS offset
        FROM (SELECT arraySort(groupArray((toUnixTimestamp64Milli(event_time), partition, offset))) AS keys
          FROM ${sql})`,
      query_params: { ...params, missing },
      clickhouse_settings: readingOf(asked),
      abort_signal: signal,
      format: "JSONEachRow",
    });
    const [row] = await result.json<
      { found: string; event_time: string; partition: number; offset: string }
    >();
    const found = Number(row?.found ?? 0);
    if (row !== undefined && found >= missing) {
      return { eventTimeMs: Number(row.event_time), partition: row.partition, offset: Number(row.offset) };
    }
    missing -= found;
  }
  return undefined;
}

const EXPORT_SETTINGS: ClickHouseSettings = {
  date_time_output_format: "iso",
  format_csv_null_representation: "",
  output_format_csv_crlf_end_of_line: 1,
  output_format_json_quote_64bit_integers: 0,
  output_format_json_escape_forward_slashes: 0,
  output_format_arrow_compression_method: "none",
  output_format_arrow_string_as_string: 1,
  http_send_timeout: SEND_TIMEOUT_S,
};

function readingOf({ heads }: EventExport): ClickHouseSettings {
  return {
    // Wherever in the query the table is read, so that duplicates are told apart as they were then.
    additional_table_filters: SettingsMap.from({ events: belowHeads(heads).replaceAll("'", "\\'") }),
    // A server stops a query whose reader is gone at once only when it is read-only.
    readonly: "2",
    cancel_http_readonly_queries_on_client_close: 1,
  };
}

/** A part of an export's range of event time, half-open, in milliseconds. */
interface Slice {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Cuts an export by event time, as it goes. The first slice has about so many rows, and each further one twice as many,
 * up to {@link SLICE_ROWS}; a millisecond is never cut.
 */
async function* slicesOf(
  store: ColdStore,
  { range, after, through }: EventExport,
  firstRows: number,
  signal: AbortSignal,
): AsyncGenerator<Slice> {
  let rows = firstRows;
  const endMs = through === undefined ? range.toMs : Math.min(range.toMs, through.eventTimeMs + 1);
  let fromMs = after === undefined ? range.fromMs : Math.max(range.fromMs, after.eventTimeMs);
  do {
    const toMs = await sliceEnd(store, { ...range, fromMs, toMs: endMs }, rows, signal);
    yield { fromMs, toMs };
    fromMs = toMs;
    rows = Math.min(2 * rows, SLICE_ROWS);
  } while (fromMs < endMs);
}

/** Reads in the table's own order, so it costs as many rows as it skips. */
async function sliceEnd(
  { client }: ColdStore,
  { storeId, fromMs, toMs }: EventRange,
  rows: number,
  signal: AbortSignal,
): Promise<number> {
  const result = await client.query({
    query: `SELECT toString(toUnixTimestamp64Milli(event_time)) AS at FROM events
      WHERE store_id = {store:String}
        AND event_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND event_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      ORDER BY event_time LIMIT 1 OFFSET {rows:UInt64}`,
    query_params: { store: storeId, from: fromMs, to: toMs, rows },
    abort_signal: signal,
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ at: string }>();
  return row === undefined ? toMs : Math.max(Number(row.at), fromMs + 1);
}

/** A subquery for the rows of an export that lie in a slice. */
function selectionOf({ range, after, through }: EventExport, slice: Slice): SqlFragment {
  const unique = uniqueEvents({ storeId: range.storeId, ...slice });
  const bounds = [
    ...after === undefined ? [] : [`(${KEY_ORDER}) > ${keySql("after")}`],
    ...through === undefined ? [] : [`(${KEY_ORDER}) <= ${keySql("through")}`],
  ];
  const where = bounds.length === 0 ? "" : `WHERE ${bounds.join(" AND ")}`;
  return {
    sql: `(SELECT * FROM ${unique.sql} ${where})`,
    params: { ...unique.params, ...keyParams("after", after), ...keyParams("through", through) },
  };
}

function keySql(name: string): string {
  return `(fromUnixTimestamp64Milli({${name}_time:Int64}, 'UTC'), {${name}_partition:UInt16}, {${name}_offset:UInt64})`;
}

function keyParams(name: string, key: ExportKey | undefined): Record<string, number> {
  if (key === undefined) return {};
  return {
    [`${name}_time`]: key.eventTimeMs,
    [`${name}_partition`]: key.partition,
    [`${name}_offset`]: key.offset,
  };
}
