import type { EventTimeMs } from "./event_time.ts";

/** The width of the windows that events are rolled up in. */
export const MINUTE_MS = 60_000;

/** The start of the minute that a time lies in. */
export function minuteStart(timeMs: EventTimeMs | number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}
