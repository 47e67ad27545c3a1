import { MINUTE_MS, minuteStart } from "@countinghouse/core";

/** The widths of windows that history is asked for in. */
export const STEPS = ["1m", "1h", "1d"] as const;

/** One of {@link STEPS}. */
export type Step = typeof STEPS[number];

/** A window of the calendar, half-open, in milliseconds since the epoch. */
export interface CalendarWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
/** Longer than any day or hour of any zone. */
const LONGEST_MS = 2 * 86_400_000;

/** Whether this is a zone of the IANA database. */
export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The windows that start in [fromMs, toMs). Hours and days are those of the zone's clocks: a day has 23 or 25 hours
 * where they are changed, begins when its date does (which need not be at midnight), and an hour begins where they
 * show a full one.
 */
export function calendarWindows(
  step: Step,
  zone: string,
  fromMs: number,
  toMs: number,
): readonly CalendarWindow[] {
  const starts = startsIn(step, zone, fromMs, toMs + LONGEST_MS);
  const windows: CalendarWindow[] = [];
  for (let at = 0; at + 1 < starts.length && starts[at]! < toMs; at++) {
    windows.push({ fromMs: starts[at]!, toMs: starts[at + 1]! });
  }
  return windows;
}

/** The start of the window that a time lies in. */
export function windowStartOf(step: Step, zone: string, timeMs: number): number {
  return startsIn(step, zone, timeMs - LONGEST_MS, timeMs + 1).at(-1)!;
}

function startsIn(step: Step, zone: string, fromMs: number, toMs: number): readonly number[] {
  switch (step) {
    case "1m": {
      const first = minuteStart(fromMs + MINUTE_MS - 1);
      return Array.from({ length: Math.ceil((toMs - first) / MINUTE_MS) }, (_, at) => first + at * MINUTE_MS);
    }
    case "1h":
      return hoursIn(zone, fromMs, toMs);
    case "1d":
      return daysIn(zone, fromMs, toMs);
  }
}

/** Between two changes of the zone's clocks, hours begin every 3,600 s. */
function hoursIn(zone: string, fromMs: number, toMs: number): readonly number[] {
  const starts: number[] = [];
  for (let at = fromMs; at < toMs;) {
    const clock = zoned(at, zone);
    const changeMs = clock.getTimeZoneTransition("next")?.epochMilliseconds ?? Infinity;
    const offsetMs = clock.offsetNanoseconds / 1e6;
    const endMs = Math.min(changeMs, toMs);
    const first = Math.ceil((at + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
    for (let start = first; start < endMs; start += HOUR_MS) starts.push(start);
    at = endMs;
  }
  return starts;
}

function daysIn(zone: string, fromMs: number, toMs: number): readonly number[] {
  const starts: number[] = [];
  let day = zoned(fromMs, zone).startOfDay();
  while (day.epochMilliseconds < toMs) {
    if (day.epochMilliseconds >= fromMs) starts.push(day.epochMilliseconds);
    day = day.add({ days: 1 }).startOfDay();
  }
  return starts;
}

function zoned(timeMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(zone);
}
