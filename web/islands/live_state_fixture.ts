import type { LiveState } from "./live_state.ts";

/** For tests: the time that it is in them. */
export const NOW = Date.parse("2026-03-01T12:00:30Z");

/** For tests: a state without events, with whatever a test wants to be different. */
export function liveState(given: Partial<LiveState> = {}): LiveState {
  return {
    storeId: "default",
    locale: "en-GB",
    nowMs: NOW,
    currency: "EUR",
    unconverted: [],
    points: [],
    newestBeforeMs: null,
    books: { read: 1_011, counted: 1_000, duplicates: 10, dead_lettered: 1 },
    connection: "connecting",
    updatedMs: NOW,
    position: "run.0",
    ...given,
  };
}
