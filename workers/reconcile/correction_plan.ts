import {
  type Cohort,
  emptyCohort,
  emptyRollup,
  merge,
  mergeCohorts,
  type Rollup,
  subtract,
} from "@countinghouse/core";
import type { Correction } from "@countinghouse/hot";
import { type HotMinuteDocuments, rollupsOf } from "./hot_minute.ts";
import { differences, factsOf, type FunnelFacts, NO_FACTS } from "./minute_facts.ts";

/**
 * What has to be added to the documents of a minute's partitions to make it the truth, made from nothing but the two;
 * undefined where that is nothing.
 *
 * @param funnel The true sessions that began in the minute; undefined leaves them as they are.
 */
export function correctionOf(
  documents: HotMinuteDocuments,
  truth: Rollup,
  funnel: FunnelFacts | undefined,
): Correction | undefined {
  const { storeId: store, minuteMs } = documents;
  const rollup = subtract(truth, [...rollupsOf(documents).values()].reduce(merge, emptyRollup()));
  const cohort = funnel === undefined ? emptyCohort() : cohortCorrection(documents, funnel);
  const isNothing = differences(factsOf(rollup, cohort), NO_FACTS).length === 0;
  return isNothing ? undefined : { store, minuteMs, rollup, cohort };
}

/** The sessions that are too many or missing. Their lengths and page views are not known, and stay. */
function cohortCorrection({ cohorts }: HotMinuteDocuments, truth: FunnelFacts): Cohort {
  const stored = cohorts.reduce<Cohort>(mergeCohorts, emptyCohort());
  return {
    ...emptyCohort(),
    started: truth.started - stored.started,
    reached: stored.reached.map((sessions, step) => truth.reached[step]! - sessions) as Cohort["reached"],
  };
}
