import { type DedupOptions, emptyRollup, merge, type Rollup } from "@countinghouse/core";
import type { RestatementReason, RestatingEvent } from "@countinghouse/hot";
import { type Duplicate, duplicatesAmong } from "./duplicates.ts";
import { type EventRecord, recordKey } from "./event_record.ts";
import { differences, factsOf } from "./minute_facts.ts";
import { type Closings, recount } from "./recount.ts";
import { countedByRollup } from "./rollup_memory.ts";

/** What is known of a minute that two stores have differently. */
export interface DriftEvidence {
  /** The minute's records in the warehouse. */
  readonly asked: readonly EventRecord[];
  /** Those, and all their copies, wherever these count. */
  readonly withCopies: readonly EventRecord[];
  readonly closings: Closings;
  /** The rollup that the hot store has of each partition. */
  readonly parts: ReadonlyMap<number, Rollup>;
  readonly dedup: DedupOptions;
}

/** What the records of a minute come to. */
export interface MinuteVerdict {
  /** By {@link recordKey}: the copies. */
  readonly duplicates: ReadonlyMap<string, Duplicate>;
  /** By {@link recordKey}: what the rollup has counted, copies that it could not know included. */
  readonly counted: ReadonlySet<string>;
  /** The minute as it should be. */
  readonly truth: Rollup;
}

/** Why the hot store's minute is as it is; or what could not be brought together. */
export type DriftCause =
  | {
    readonly isExplained: true;
    readonly verdict: MinuteVerdict;
    readonly events: readonly RestatingEvent[];
    readonly reasons: readonly RestatementReason[];
  }
  | { readonly isExplained: false; readonly reason: string };

/**
 * Looks for why the hot store has other numbers. It is explained only where every partition's document is, figure for
 * figure, what the rollup must have made of the records that it could not know to be copies.
 */
export function causeOfDrift(evidence: DriftEvidence): DriftCause {
  const { asked, withCopies, closings, parts } = evidence;
  const duplicates = duplicatesAmong(withCopies);
  const truth = recount(asked.filter((record) => !duplicates.has(recordKey(record))), closings);
  let firstMismatch: string | undefined;
  for (const counted of countedByRollup(withCopies, evidence.dedup)) {
    const taken = asked.filter((record) => counted.has(recordKey(record)));
    const mismatch = mismatchOf(taken, parts);
    firstMismatch ??= mismatch;
    if (mismatch !== undefined) continue;
    const verdict = { duplicates, counted, truth };
    const events = restatingEvents(asked, verdict);
    const reasons = new Set(events.map(({ reason }) => reason));
    const inPartitions = [...parts.values()].reduce(merge, emptyRollup()).counts;
    const distinct = recount(taken, closings).counts;
    if (inPartitions.users !== distinct.users || inPartitions.sessions !== distinct.sessions) {
      reasons.add("user_across_partitions");
    }
    return { isExplained: true, verdict, events, reasons: [...reasons] };
  }
  return { isExplained: false, reason: firstMismatch ?? "nothing was looked at" };
}

/** Where a partition's document is not what the rollup makes of these records. */
function mismatchOf(
  counted: readonly EventRecord[],
  parts: ReadonlyMap<number, Rollup>,
): string | undefined {
  const byPartition = Map.groupBy(counted, ({ partition }) => partition);
  for (const partition of new Set([...byPartition.keys(), ...parts.keys()])) {
    const expected = factsOf(recount(byPartition.get(partition) ?? [], new Map()));
    const stored = parts.get(partition);
    const different = stored === undefined ? undefined : differences(factsOf(stored), expected);
    if (different?.length === 0) continue;
    const which = different === undefined
      ? "there is no document"
      : different.map(({ metric, first, second }) => `${metric} is ${first} and the log gives ${second}`)
        .join(", ");
    return `partition ${partition}: ${which}`;
  }
  return undefined;
}

function restatingEvents(
  asked: readonly EventRecord[],
  { duplicates, counted }: Pick<MinuteVerdict, "duplicates" | "counted">,
): RestatingEvent[] {
  return asked.flatMap((record) => {
    const duplicate = duplicates.get(recordKey(record));
    // A copy that was counted is too much; a first that was not is missing.
    if ((duplicate === undefined) === counted.has(recordKey(record))) return [];
    const isAcross = duplicate !== undefined && duplicate.first.partition !== record.partition;
    return [{
      event_id: record.eventId,
      partition: record.partition,
      offset: record.offset,
      append_time: new Date(record.appendTimeMs),
      reason: isAcross ? "duplicate_across_partitions" : "old_duplicate",
    }];
  });
}
