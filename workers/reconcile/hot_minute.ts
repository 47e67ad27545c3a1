import { createHash } from "node:crypto";
import { emptyCohort, emptyRollup, merge, mergeCohorts, type Rollup, type Status } from "@countinghouse/core";
import {
  type CohortDocument,
  type CorrectionDocument,
  decodeRollup,
  type MinuteFigures,
  minuteStatus,
  type PartitionDocument,
} from "@countinghouse/hot";
import { factsOf, type MinuteFacts } from "./minute_facts.ts";

/** All that the hot store holds of a shop's minute. */
export interface HotMinuteDocuments {
  readonly storeId: string;
  readonly minuteMs: number;
  /** Of the partitions, without the correction. */
  readonly parts: readonly MinuteFigures[];
  readonly cohorts: readonly CohortDocument[];
  readonly correction: CorrectionDocument | undefined;
}

/** A shop's minute in the hot store, as it is compared. */
export interface HotMinute extends HotMinuteDocuments {
  readonly status: Status;
  /** As readers see it, corrected; its funnel is undefined while sessions that began in it may go on. */
  readonly facts: MinuteFacts;
  /** By partition, behind the last record that changed any of it: who compares with it has to be as far. */
  readonly through: ReadonlyMap<number, number>;
  /** Tells it from every other state of this minute, also one that was altered by hand. */
  readonly digest: string;
}

/** When a minute counts as complete. */
export interface CompletionRules {
  readonly allowedLatenessMs: number;
  readonly sessionTimeoutMs: number;
}

/** Puts a minute together. */
export function hotMinute(
  documents: HotMinuteDocuments,
  partitions: readonly PartitionDocument[],
  { allowedLatenessMs, sessionTimeoutMs }: CompletionRules,
): HotMinute {
  const { minuteMs, parts, cohorts, correction } = documents;
  const corrections = correction === undefined ? [] : [correction];
  const rollup = [...parts, ...corrections].map(decodeRollup).reduce(merge, emptyRollup());
  const funnel = [...cohorts, ...corrections.map(({ cohort }) => cohort)].reduce(mergeCohorts, emptyCohort());
  // Where a minute a session timeout later is complete, no session that began in this one has gone on in time.
  const isOver =
    minuteStatus(minuteMs + sessionTimeoutMs, [], partitions, allowedLatenessMs) !== "provisional";
  const through = new Map<number, number>();
  for (const { partition, through: reached } of [...parts, ...cohorts]) {
    through.set(partition, Math.max(through.get(partition) ?? 0, reached));
  }
  return {
    ...documents,
    status: minuteStatus(minuteMs, [...parts, ...corrections], partitions, allowedLatenessMs),
    facts: factsOf(rollup, isOver ? funnel : undefined),
    through,
    digest: digestOf(documents, isOver),
  };
}

/** A minute of which the hot store holds nothing. */
export function absentMinute(
  key: { readonly storeId: string; readonly minuteMs: number },
  partitions: readonly PartitionDocument[],
  rules: CompletionRules,
): HotMinute {
  return hotMinute({ ...key, parts: [], cohorts: [], correction: undefined }, partitions, rules);
}

/** The rollup of each partition, without the correction. */
export function rollupsOf({ parts }: HotMinuteDocuments): ReadonlyMap<number, Rollup> {
  return new Map(parts.map((part) => [part.partition, decodeRollup(part)]));
}

function digestOf({ parts, cohorts, correction }: HotMinuteDocuments, isOver: boolean): string {
  const figures = (
    { partition, through, counts, money }: MinuteFigures,
  ) => [partition, through, counts, money];
  const sessions = ({ partition, through, started, reached }: CohortDocument) => [
    partition,
    through,
    started,
    reached,
  ];
  const byPartition = <T extends { readonly partition: number }>(all: readonly T[]) =>
    all.toSorted((a, b) => a.partition - b.partition);
  const text = JSON.stringify([
    byPartition(parts).map(figures),
    isOver ? byPartition(cohorts).map(sessions) : null,
    correction === undefined ? null : [figures(correction), correction.cohort],
  ]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
