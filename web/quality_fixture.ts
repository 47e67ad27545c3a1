import { emptyRollup } from "@countinghouse/core";
import type { ExplainSources } from "./api/explain_sources.ts";
import type { QualityRouteSources } from "./api/quality.ts";
import type { QualityFigures, SinkFreshness } from "./api/quality_figures.ts";

const fresh = (ageMs: number): SinkFreshness => ({
  newest_event_at: "2026-03-01T12:00:29.000Z",
  newest_event_age_ms: ageMs,
  lag_records: 3,
});

/** For tests: a pass that found one minute in which the hot store and the warehouse differ. */
export const QUALITY: QualityFigures = {
  pass: {
    _id: "last",
    at: new Date("2026-03-01T12:00:25Z"),
    took_ms: 40,
    compared: 7,
    open: 12,
    swept: new Date("2026-03-01T11:30:00Z"),
    hot_warehouse: { equal: 99, repaired: 0, differs: 1, waiting: 0 },
    warehouse_lake: { equal: 90, repaired: 0, differs: 0, waiting: 10 },
  },
  open_alarms: 1,
  restatements: 2,
  freshness: {
    hot: fresh(1_000),
    warehouse: fresh(1_500),
    lake: { newest_event_at: null, newest_event_age_ms: null, lag_records: null },
  },
};

/** For tests: quality without restatements or alarms, unless a test brings some. */
export function qualitySources(
  given: Partial<Omit<QualityRouteSources, "books" | "deadLetters">> = {},
): Omit<QualityRouteSources, "books" | "deadLetters"> {
  return {
    figures: () => Promise.resolve(QUALITY),
    restatements: () => Promise.resolve([]),
    alarms: () => Promise.resolve([]),
    ...given,
  };
}

/** For tests: a minute of which nothing is known, unless a test brings something. */
export function emptyExplainSources(given: Partial<ExplainSources> = {}): ExplainSources {
  return {
    dedup: { horizonMs: 3_600_000, maxIds: 1_000 },
    ask: () => Promise.resolve([]),
    records: () => Promise.resolve({ asked: [], withCopies: [] }),
    closings: () => Promise.resolve(new Map()),
    stored: () => Promise.resolve({ parts: new Map([[0, emptyRollup()]]), correction: null }),
    restatements: () => Promise.resolve([]),
    ...given,
  };
}
