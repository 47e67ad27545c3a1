import type { Settings } from "@countinghouse/shared/config";
import type { ReconcileRules } from "./drift_judge.ts";

/** What the settings say about reconciling; they have to be those of the rollup worker. */
export function reconcileRules({ rollup }: Pick<Settings, "rollup">): ReconcileRules {
  return {
    allowedLatenessMs: rollup.allowedLatenessMs,
    sessionTimeoutMs: rollup.sessionTimeoutMs,
    dedup: { horizonMs: rollup.dedupHorizonMs, maxIds: rollup.dedupMaxIds },
    hotRetentionMs: rollup.hotRetentionMs,
  };
}
