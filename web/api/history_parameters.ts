import { z } from "zod";
import { type EventFilter, FILTER_FIELDS } from "@countinghouse/cold";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import type { HistoryAsked } from "./history.ts";
import { calendarWindows, isTimeZone, STEPS, windowStartOf } from "./history_windows.ts";
import { AHEAD_MS, badParameters, ISO_TIME, parse, storeId, wholeNumber } from "./parameters.ts";
import type { ParameterFault } from "./problem.ts";

/** The most windows that one answer holds: a week of minutes, more than a year of hours, 27 years of days. */
export const MOST_WINDOWS = 7 * 24 * 60;
const DEFAULT_MINUTES = 60;
const SHORTEST_MS = { "1m": MINUTE_MS, "1h": 30 * MINUTE_MS, "1d": 20 * 60 * MINUTE_MS } as const;

const historyParameters = z.object({
  store_id: storeId,
  minutes_back: wholeNumber(MOST_WINDOWS).optional(),
  start_time: z.string().optional(),
  end_time: z.string().optional(),
  step: z.enum(STEPS, { error: "must be 1m, 1h or 1d" }).default("1m"),
  tz: z.string().refine(isTimeZone, "must be a zone of the IANA database, such as Europe/Berlin").default(
    "UTC",
  ),
  fill: z.enum(["true", "false"], { error: "must be true or false" }).default("false"),
});

type HistoryParameters = z.infer<typeof historyParameters>;

/**
 * The windows that a request for history is about: those that hold the last `minutes_back`, with the current one and
 * any that the shops' clocks are ahead of it, or those that start in [start_time, end_time). A time without a zone is
 * one of `tz`. A filter that is repeated takes any of its values.
 *
 * @throws {ProblemError} naming each parameter that can't be used.
 */
export function parseHistory(
  query: Readonly<Record<string, readonly string[]>>,
  nowMs: number,
): HistoryAsked {
  const faults: ParameterFault[] = [];
  const single: Record<string, string> = {};
  const filter: Record<string, readonly string[]> = {};
  for (const [parameter, values] of Object.entries(query)) {
    const fault = (reason: string) => faults.push({ parameter, reason });
    if ((FILTER_FIELDS as readonly string[]).includes(parameter)) {
      if (values.includes("")) fault("must not be empty");
      filter[parameter] = values;
    } else if (!(parameter in historyParameters.shape)) {
      fault(`is not known; events are filtered by ${FILTER_FIELDS.join(", ")}`);
    } else if (values.length > 1) fault("must be given once");
    else single[parameter] = values[0] ?? "";
  }
  if (faults.length > 0) throw badParameters(faults);
  const asked = parse(historyParameters, single);
  return {
    storeId: asked.store_id,
    step: asked.step,
    windows: windowsOf(asked, nowMs),
    filter: filter as EventFilter,
    fill: asked.fill === "true",
  };
}

function windowsOf(asked: HistoryParameters, nowMs: number): HistoryAsked["windows"] {
  const { step, tz, minutes_back, start_time, end_time, fill } = asked;
  if (start_time === undefined && end_time === undefined) {
    const current = minuteStart(nowMs);
    const firstMinute = current - ((minutes_back ?? DEFAULT_MINUTES) - 1) * MINUTE_MS;
    const endMs = current + MINUTE_MS + (fill === "true" ? 0 : AHEAD_MS);
    return calendarWindows(step, tz, windowStartOf(step, tz, firstMinute), endMs);
  }
  if (minutes_back !== undefined) {
    throw badParameters([{
      parameter: "minutes_back",
      reason: "can't be given with start_time or end_time",
    }]);
  }
  if (start_time === undefined || end_time === undefined) {
    const parameter = start_time === undefined ? "start_time" : "end_time";
    throw badParameters([{ parameter, reason: "is missing: start_time and end_time are given together" }]);
  }
  const startMs = timeIn(tz, "start_time", start_time);
  const endMs = timeIn(tz, "end_time", end_time);
  if (endMs <= startMs) throw badParameters([{ parameter: "end_time", reason: "must be after start_time" }]);
  // Far too many are refused before they are laid out.
  const tooMany = (endMs - startMs) / SHORTEST_MS[step] > 2 * MOST_WINDOWS;
  const windows = tooMany ? [] : calendarWindows(step, tz, startMs, endMs);
  if (tooMany || windows.length > MOST_WINDOWS) {
    const reason =
      `must be at most ${MOST_WINDOWS} windows of ${step} after start_time: ask for less, or for longer steps`;
    throw badParameters([{ parameter: "end_time", reason }]);
  }
  return windows;
}

/** A day, or a day and a time, in ISO 8601. */
function timeIn(tz: string, parameter: string, text: string): number {
  const isDay = z.iso.date().safeParse(text).success;
  const isTime = z.iso.datetime({ offset: true, local: true }).safeParse(text).success;
  if (!isDay && !isTime) throw badParameters([{ parameter, reason: ISO_TIME }]);
  if (/T.*(Z|[+-]\d\d:?\d\d)$/.test(text)) return Date.parse(text);
  return Temporal.PlainDateTime.from(text).toZonedDateTime(tz).epochMilliseconds;
}
