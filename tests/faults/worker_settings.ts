import type { MinuteFoldOptions } from "@countinghouse/core";
import type { PumpsOptions } from "@countinghouse/log";
import type { SeededRandom } from "../seeded_random.ts";

/** The settings that decide what is counted where; the same for every worker of a simulation. */
export const RULES: MinuteFoldOptions = {
  allowedLatenessMs: 10 * 60_000,
  maxSkewMs: 5 * 60_000,
  sessionTimeoutMs: 30 * 60_000,
  dedup: { horizonMs: 3_600_000, maxIds: 1_000_000 },
};

/** The settings that decide only how a worker goes about it. */
export interface WorkerSettings {
  readonly closedMinutesKept: number;
  readonly pump: Pick<
    PumpsOptions<never>,
    "tickMs" | "wholeTickMs" | "maxPendingRecords" | "checkpointIntervalMs" | "drainMs"
  >;
}

/** Settings that differ from worker to worker, as after a change of the configuration. */
export function randomSettings(random: SeededRandom): WorkerSettings {
  return {
    closedMinutesKept: random.pick([0, 2, 2_000]),
    pump: {
      tickMs: random.pick([10, 50, 250]),
      wholeTickMs: random.pick([10, 200, 1_000]),
      maxPendingRecords: random.pick([10, 10, 50, 1_000]),
      checkpointIntervalMs: random.pick([0, 0, 100, 60_000]),
      drainMs: random.pick([20, 300, 4_000]),
    },
  };
}

/** Settings of a worker that takes all the time it needs. */
export const PATIENT: WorkerSettings = {
  closedMinutesKept: 2_000,
  pump: {
    tickMs: 50,
    wholeTickMs: 200,
    maxPendingRecords: 1_000,
    checkpointIntervalMs: 1_000,
    drainMs: 60_000,
  },
};
