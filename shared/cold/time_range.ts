/** A half-open stretch of time, in milliseconds since the epoch. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The last second that ClickHouse's DateTime holds lies in 2106. */
const LATEST_SECOND = 4_294_967_295;

/** A time as a DateTime of ClickHouse, in SQL; what is beyond its years becomes the nearest that it has. */
export function dateTime(timeMs: number): string {
  const second = Math.min(Math.max(Math.ceil(timeMs / 1_000), 0), LATEST_SECOND);
  return `toDateTime(${second}, 'UTC')`;
}

/** A condition in SQL: a DateTime column lies in one of the ranges. */
export function inRanges(column: string, ranges: readonly TimeRange[]): string {
  return anyOf(
    ranges,
    ({ fromMs, toMs }) => `${column} >= ${dateTime(fromMs)} AND ${column} < ${dateTime(toMs)}`,
  );
}

/**
 * A condition in SQL: an event counts in one of the ranges, which are of whole minutes. No event counts at a later
 * time than its own, and the table is sorted by that.
 */
export function countedIn(ranges: readonly TimeRange[]): string {
  return anyOf(
    ranges,
    ({ fromMs, toMs }) =>
      `event_time >= ${dateTime(fromMs)} AND minute >= ${dateTime(fromMs)} AND minute < ${dateTime(toMs)}`,
  );
}

function anyOf(ranges: readonly TimeRange[], condition: (range: TimeRange) => string): string {
  return ranges.length === 0 ? "0" : `(${ranges.map((range) => `(${condition(range)})`).join(" OR ")})`;
}

/** So many ranges are told apart in a statement. */
export const MOST_RANGES = 100;

/** Ascending ranges, of which those that touch are made one. */
export function joined(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const all: TimeRange[] = [];
  for (const { fromMs, toMs } of ranges) {
    const last = all.at(-1);
    if (last?.toMs === fromMs) all[all.length - 1] = { fromMs: last.fromMs, toMs };
    else all.push({ fromMs, toMs });
  }
  return all;
}

/** The ranges, or where they are many the one that covers them, for whom doing more than is due does no harm. */
export function few(ranges: readonly TimeRange[]): readonly TimeRange[] {
  if (ranges.length <= MOST_RANGES) return ranges;
  return [{
    fromMs: Math.min(...ranges.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...ranges.map(({ toMs }) => toMs)),
  }];
}
