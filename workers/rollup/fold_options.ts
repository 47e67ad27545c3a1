import type { MinuteFoldOptions } from "@countinghouse/core";
import type { Settings } from "@countinghouse/shared/config";

/** What the settings say about folding: the same for the worker and for a replay, so that both make the same minutes. */
export function foldOptions({ rollup }: Pick<Settings, "rollup">): MinuteFoldOptions {
  return {
    allowedLatenessMs: rollup.allowedLatenessMs,
    maxSkewMs: rollup.maxSkewMs,
    hotRetentionMs: rollup.hotRetentionMs,
    sessionTimeoutMs: rollup.sessionTimeoutMs,
    dedup: { horizonMs: rollup.dedupHorizonMs, maxIds: rollup.dedupMaxIds },
  };
}
