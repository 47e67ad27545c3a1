import { emptyRollup, MINUTE_MS, minuteStart, type Rollup } from "@countinghouse/core";
import { type ColdCohort, readColdCohorts } from "./cold_cohorts.ts";
import type { ColdStore } from "./cold_store.ts";
import type { EventRange } from "./unique_events.ts";
import { readColdWindows } from "./window_reader.ts";

/** A minute of a store as the warehouse has it. */
export interface ColdMinute {
  readonly rollup: Rollup;
  readonly cohort: ColdCohort;
}

/** What {@link readColdMinutes} is told. */
export interface ColdMinuteOptions {
  /** A gap of more than this between two events ends a session. */
  readonly sessionTimeoutMs: number;
}

const SESSION_TIMEOUT_MS = 30 * MINUTE_MS;

/**
 * The minutes of a range, by their start, exactly as the rollup counts them but without its horizon: counts, money,
 * latencies, distinct users and sessions, and the sessions that started in them. Those without events are left out.
 */
export async function readColdMinutes(
  store: ColdStore,
  range: EventRange,
  { sessionTimeoutMs }: ColdMinuteOptions = { sessionTimeoutMs: SESSION_TIMEOUT_MS },
): Promise<ReadonlyMap<number, ColdMinute>> {
  const whole = {
    ...range,
    fromMs: minuteStart(range.fromMs),
    toMs: minuteStart(range.toMs + MINUTE_MS - 1),
  };
  const windows = Array.from({ length: (whole.toMs - whole.fromMs) / MINUTE_MS }, (_, at) => ({
    fromMs: whole.fromMs + at * MINUTE_MS,
    toMs: whole.fromMs + (at + 1) * MINUTE_MS,
  }));
  const [rollups, cohorts] = await Promise.all([
    readColdWindows(store, { storeId: range.storeId, windows }),
    readColdCohorts(store, whole, sessionTimeoutMs),
  ]);
  const starts = [...new Set([...rollups.keys(), ...cohorts.keys()])].sort((a, b) => a - b);
  return new Map(starts.map((minuteMs) => [minuteMs, {
    rollup: rollups.get(minuteMs) ?? emptyRollup(),
    cohort: cohorts.get(minuteMs) ?? { started: 0, reached: [0, 0, 0, 0] },
  }]));
}
