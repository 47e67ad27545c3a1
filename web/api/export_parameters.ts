import { z } from "zod";
import type { EventRange, ExportKey, Heads } from "@countinghouse/cold";
import { parseCursor, parseHeads, parseLastRow } from "./export_cursor.ts";
import { type CalendarWindow, calendarWindows, isTimeZone } from "./history_windows.ts";
import { badParameters, parse, storeId, time } from "./parameters.ts";

/** The formats of exports. */
export const EXPORT_FORMATS = ["csv", "ndjson", "json", "parquet"] as const;

/** A format of exports. */
export type FileFormat = typeof EXPORT_FORMATS[number];

/** The end of the year 9999, behind which no event can be. */
const END_OF_TIME_MS = 253_402_300_800_000;
const LARGEST_PAGE = 10_000_000;

/** What a request for events asks for. */
export interface EventExportRequest {
  readonly format: FileFormat;
  readonly range: EventRange;
  /** The times as asked for; undefined where the range is open. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly limit: number | undefined;
  readonly after: ExportKey | undefined;
  readonly heads: Heads | undefined;
  readonly csv: CsvOptions;
}

/** What of a CSV file can be chosen. */
export interface CsvOptions {
  /** Whether it begins with the names of the columns. */
  readonly header: boolean;
  /** Whether it begins with a byte order mark, without which Excel takes UTF-8 for something else. */
  readonly bom: boolean;
}

/** What a request for a day's minutes asks for. */
export interface KpiExportRequest {
  readonly format: FileFormat;
  /** The day, as YYYY-MM-DD. */
  readonly date: string;
  readonly storeId: string;
  /** Its minutes. */
  readonly windows: readonly CalendarWindow[];
  readonly csv: CsvOptions;
}

const PAGE_SIZE = `must be a whole number from 1 to ${LARGEST_PAGE}`;
const trueOrFalse = z.enum(["true", "false"], { error: "must be true or false" })
  .transform((text) => text === "true");
const common = {
  store_id: storeId,
  format: z.enum(EXPORT_FORMATS, { error: "must be csv, ndjson, json or parquet" }).default("csv"),
  header: trueOrFalse.default(true),
  bom: trueOrFalse.default(false),
};

const eventParameters = z.object({
  ...common,
  start_time: time.optional(),
  end_time: time.optional(),
  limit: z.string().regex(/^\d{1,9}$/, PAGE_SIZE).transform(Number)
    .pipe(z.number().min(1, PAGE_SIZE).max(LARGEST_PAGE, PAGE_SIZE)).optional(),
  cursor: readBy(parseCursor, "must be one that the header X-Next-Cursor gave").optional(),
  after: readBy(parseLastRow, "must be event_time,partition,offset of a row").optional(),
  as_of: readBy(parseHeads, "must be one that the header X-As-Of gave").optional(),
});

const kpiParameters = z.object({
  ...common,
  date: z.iso.date("must be a day, such as 2026-03-01").optional(),
  tz: z.string().refine(isTimeZone, "must be an IANA time zone, such as Europe/Berlin").default("UTC"),
});

/**
 * The events that a request is about.
 *
 * @throws {ProblemError} naming each parameter that can't be used.
 */
export function parseEventExport(query: Readonly<Record<string, string>>): EventExportRequest {
  refuseUnknown(eventParameters.shape, query);
  const asked = parse(eventParameters, query);
  const { start_time: startMs, end_time: endMs, cursor, limit } = asked;
  const range = { storeId: asked.store_id, fromMs: startMs ?? 0, toMs: endMs ?? END_OF_TIME_MS };
  if (range.toMs <= range.fromMs) {
    throw badParameters([{ parameter: "end_time", reason: "must be after start_time" }]);
  }
  if (cursor !== undefined && (asked.after !== undefined || asked.as_of !== undefined)) {
    throw badParameters([{ parameter: "cursor", reason: "can't be given with after or as_of" }]);
  }
  const after = cursor?.after ?? asked.after;
  const heads = cursor?.heads ?? asked.as_of;
  return { format: asked.format, range, startMs, endMs, limit, after, heads, csv: csvOptions(asked) };
}

/**
 * The day that a request is about; today, in the time zone asked for, when it names none.
 *
 * @throws {ProblemError} naming each parameter that can't be used.
 */
export function parseKpiExport(query: Readonly<Record<string, string>>, nowMs: number): KpiExportRequest {
  refuseUnknown(kpiParameters.shape, query);
  const { store_id, format, tz, ...asked } = parse(kpiParameters, query);
  const date = asked.date === undefined
    ? Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(tz).toPlainDate()
    : Temporal.PlainDate.from(asked.date);
  const startMs = date.toZonedDateTime(tz).epochMilliseconds;
  const endMs = date.add({ days: 1 }).toZonedDateTime(tz).epochMilliseconds;
  const windows = calendarWindows("1m", tz, startMs, endMs);
  return { format, date: date.toString(), storeId: store_id, windows, csv: csvOptions(asked) };
}

/** A misspelt bound would otherwise export everything. */
function refuseUnknown(known: object, query: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(query).filter((parameter) => !(parameter in known));
  if (unknown.length > 0) {
    throw badParameters(unknown.map((parameter) => ({ parameter, reason: "is not known" })));
  }
}

function csvOptions({ header, bom }: CsvOptions): CsvOptions {
  return { header, bom };
}

function readBy<Value>(read: (text: string) => Value | undefined, reason: string) {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue(reason);
    return z.NEVER;
  });
}
