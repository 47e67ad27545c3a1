import type { RowRun } from "./parquet_file.ts";
import type { EventColumns } from "./event_columns.ts";
import { hourOf, type OffsetRanges } from "./lake_path.ts";

/** Rows of one store and one hour, in the order of a file. */
export interface HourRun extends RowRun {
  readonly storeId: string;
  readonly hourMs: number;
}

/** Cuts rows from an offset on into files' worth: a run per store and hour, each sorted. */
export function* hourRuns(columns: EventColumns, fromOffset = 0): Generator<HourRun> {
  const wanted: number[] = [];
  for (let row = 0; row < columns.length; row++) if (columns.offsetAt(row) >= fromOffset) wanted.push(row);
  const rows = Uint32Array.from(wanted);
  rows.sort((a, b) => columns.storeCodeAt(a) - columns.storeCodeAt(b) || columns.compare(a, b));
  const sameFile = (a: number, b: number) =>
    columns.storeCodeAt(a) === columns.storeCodeAt(b) &&
    hourOf(columns.eventTimeAt(a)) === hourOf(columns.eventTimeAt(b));
  for (let start = 0, end = 0; start < rows.length; start = end) {
    while (end < rows.length && sameFile(rows[start]!, rows[end]!)) end++;
    const first = rows[start]!;
    const hourMs = hourOf(columns.eventTimeAt(first));
    yield { columns, rows: rows.subarray(start, end), storeId: columns.storeAt(first), hourMs };
  }
}

/** The offsets that a file of these rows has: as narrow as its rows. */
export function rangesOf({ columns, rows }: RowRun): OffsetRanges {
  const ranges: Record<number, { from: number; through: number; rows: number }> = {};
  for (const row of rows) {
    const offset = columns.offsetAt(row);
    const range = ranges[columns.partitionAt(row)] ??= { from: offset, through: offset + 1, rows: 0 };
    range.from = Math.min(range.from, offset);
    range.through = Math.max(range.through, offset + 1);
    range.rows++;
  }
  return ranges;
}
