import type { Metric, Sample } from "./prometheus.ts";
import type { QualityFigures } from "./quality_figures.ts";

const PAIRS = ["hot_warehouse", "warehouse_lake"] as const;
const SINKS = ["hot", "warehouse", "lake"] as const;

/** The quality of the numbers as metrics; what is not known has no sample. */
export function qualityMetrics(
  { pass, freshness, open_alarms, restatements }: QualityFigures,
  nowMs: number,
): Metric[] {
  const ofPair = (of: (results: NonNullable<typeof pass>["hot_warehouse"]) => number) =>
    pass === null ? [] : PAIRS.map((pair) => ({ labels: { pair }, value: of(pass[pair]) }));
  const ofSink = (of: (sink: QualityFigures["freshness"]["hot"]) => number | null) =>
    SINKS.flatMap((sink): Sample[] => {
      const value = of(freshness[sink]);
      return value === null ? [] : [{ labels: { sink }, value }];
    });
  const ofPass = (of: (known: NonNullable<typeof pass>) => number) =>
    pass === null ? [] : [{ value: of(pass) }];
  return [
    gauge("drift_minutes", "Minutes in which two stores differ. Target 0.", ofPair(({ differs }) => differs)),
    gauge(
      "compared_minutes",
      "Minutes that were compared, of those that the hot store keeps.",
      ofPair(({ equal, repaired, differs }) => equal + repaired + differs),
    ),
    gauge("open_alarms", "Differences that nothing explains.", [{ value: open_alarms }]),
    gauge("restatements", "Minutes that were repaired, ever.", [{ value: restatements }]),
    gauge(
      "newest_event_age_seconds",
      "Age of the newest event that a sink holds.",
      ofSink(({ newest_event_age_ms: ageMs }) => ageMs === null ? null : ageMs / 1_000),
    ),
    gauge(
      "sink_lag_records",
      "Records that the log has and a sink has not.",
      ofSink(({ lag_records }) => lag_records),
    ),
    gauge(
      "reconcile_pass_age_seconds",
      "Since the last pass of the reconcile worker.",
      ofPass(({ at }) => Math.max(0, nowMs - at.getTime()) / 1_000),
    ),
    gauge(
      "reconcile_pass_seconds",
      "How long the last pass took.",
      ofPass(({ took_ms }) => took_ms / 1_000),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `countinghouse_${name}`, help, type: "gauge", samples };
}
