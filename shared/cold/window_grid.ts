import type { TimeRange } from "./time_range.ts";

/** Windows of equal width, one after the other. */
interface Run {
  readonly startMs: number;
  readonly widthMs: number;
  readonly endMs: number;
}

/**
 * An expression in SQL: the start, in seconds, of the window that a DateTime lies in. The windows ascend without
 * gaps; there are few runs of equal ones among them, as days differ in length only where clocks are changed.
 */
export function windowStart(dateTime: string, windows: readonly TimeRange[]): string {
  const runs = runsOf(windows);
  const seconds = `toInt64(toUnixTimestamp(${dateTime}))`;
  const list = (of: (run: Run) => number) => `[${runs.map((run) => of(run) / 1_000).join(", ")}]`;
  const starts = list(({ startMs }) => startMs);
  const first = `toInt64(roundDown(${seconds}, ${starts}))`;
  const width = `toInt64(transform(${first}, ${starts}, ${list(({ widthMs }) => widthMs)}, 1))`;
  return `(${first} + intDiv(${seconds} - ${first}, ${width}) * ${width})`;
}

/** The largest number of milliseconds, up to a day, of which every start and end of the windows is a multiple. */
export function gridOf(windows: readonly TimeRange[]): number {
  let gridMs = 86_400_000;
  for (const { startMs, widthMs } of runsOf(windows)) {
    gridMs = greatestDivisor(gridMs, startMs);
    gridMs = greatestDivisor(gridMs, widthMs);
  }
  return gridMs;
}

function runsOf(windows: readonly TimeRange[]): Run[] {
  const runs: Run[] = [];
  for (const { fromMs, toMs } of windows) {
    const last = runs.at(-1);
    if (last?.widthMs === toMs - fromMs && last.endMs === fromMs) {
      runs[runs.length - 1] = { ...last, endMs: toMs };
    } else runs.push({ startMs: fromMs, widthMs: toMs - fromMs, endMs: toMs });
  }
  return runs;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
