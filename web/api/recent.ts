import { z } from "zod";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { AHEAD_MS, storeId, wholeNumber } from "./parameters.ts";

/** The hot store holds a week of minutes. */
const MOST_MINUTES = 7 * 24 * 60;

/** The parameters of a route that answers for the last minutes of a store, an hour unless it is told. */
export const recentParameters = z.object({
  store_id: storeId,
  minutes_back: wholeNumber(MOST_MINUTES).default(60),
});

/** A store's minutes, half-open: the last ones, the current one, and those that shops' clocks are ahead of it. */
export interface RecentMinutes {
  readonly storeId: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The minutes that a request is about. */
export function recentMinutes(
  { store_id, minutes_back }: z.infer<typeof recentParameters>,
  nowMs: number,
): RecentMinutes {
  const current = minuteStart(nowMs);
  return {
    storeId: store_id,
    startMs: current - (minutes_back - 1) * MINUTE_MS,
    endMs: current + MINUTE_MS + AHEAD_MS,
  };
}

/** The part of an answer that says what it is about. */
export function aboutMinutes({ storeId, startMs, endMs }: RecentMinutes) {
  return {
    store_id: storeId,
    window_start: new Date(startMs).toISOString(),
    window_end: new Date(endMs).toISOString(),
  };
}
