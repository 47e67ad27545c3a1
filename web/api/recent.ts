import { z } from "zod";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { storeId } from "./parameters.ts";

/** The hot store holds a week of minutes. */
const MOST_MINUTES = 7 * 24 * 60;
const WHOLE_NUMBER = `must be a whole number from 1 to ${MOST_MINUTES}`;
/** A shop's clock may be ahead by so much before its events are counted at another time. */
const AHEAD_MS = 5 * MINUTE_MS;

/** The parameters of a route that answers for the last minutes of a store, an hour unless it is told. */
export const recentParameters = z.object({
  store_id: storeId,
  minutes_back: z.string().regex(/^\d{1,9}$/, WHOLE_NUMBER).transform(Number)
    .pipe(z.number().min(1, WHOLE_NUMBER).max(MOST_MINUTES, WHOLE_NUMBER)).default(60),
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
