import type { DedupOptions, EventType, Rollup } from "@countinghouse/core";
import {
  type AskedRecords,
  causeOfDrift,
  type Closings,
  countedByRollup,
  type Duplicate,
  duplicatesAmong,
  type EventRecord,
  isLate,
  isSkewed,
  recordKey,
} from "@countinghouse/reconcile";
import { EXPLAINED_METRICS, type ExplainedMetric, type ExplainedName } from "./explain_metric.ts";

/** So many events, and so many copies, are listed by name. */
export const MOST_LISTED = 100;

/** What a partition of the log has to do with a number. */
export interface ExplainedPartition {
  readonly partition: number;
  /** Offsets of the first and the last record that counts. */
  readonly from: number | null;
  readonly to: number | null;
  /** Events that count; late and skewed ones are among them. */
  readonly events: number;
  readonly late: number;
  readonly skewed: number;
  /** Copies left out: those that the rollup knew, and those that it counted and a correction takes back. */
  readonly duplicates: { readonly near: number; readonly old: number };
}

/** A record that is left out. */
export interface ExcludedDuplicate {
  readonly event_id: string;
  readonly partition: number;
  readonly offset: number;
  readonly by: "event_id" | "order_id";
  readonly first: { readonly partition: number; readonly offset: number };
  readonly kind: "near" | "old";
}

/** The records behind a number. */
export interface ExplainedRecords {
  readonly partitions: readonly ExplainedPartition[];
  readonly event_count: number;
  /** The first {@link MOST_LISTED} in log order. */
  readonly event_ids: readonly string[];
  readonly excluded_count: number;
  readonly excluded_duplicates: readonly ExcludedDuplicate[];
}

/** What is known of a minute besides its records. */
export interface ExplainContext {
  readonly closings: Closings;
  readonly dedup: DedupOptions;
  /** By partition what the hot store has; undefined where it keeps the minute no more. */
  readonly parts: ReadonlyMap<number, Rollup> | undefined;
}

/** Sorts the records of a minute into those that a metric counts and those that it leaves out, by partition. */
export function explainRecords(
  name: ExplainedName,
  { asked, withCopies }: AskedRecords,
  { closings, dedup, parts }: ExplainContext,
): ExplainedRecords {
  const { types, only }: ExplainedMetric = EXPLAINED_METRICS[name];
  const duplicates = duplicatesAmong(withCopies);
  const counted = countedBefore({ asked, withCopies }, { closings, dedup, parts });
  const belongs = (record: EventRecord) =>
    (types === undefined || (types as readonly EventType[]).includes(record.type)) &&
    (only !== "late" || isLate(record, closings)) && (only !== "skewed" || isSkewed(record));
  const records = asked.filter(belongs).sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  const counting = records.filter((record) => !duplicates.has(recordKey(record)));
  const excluded = records.flatMap((record): ExcludedDuplicate[] => {
    const duplicate = duplicates.get(recordKey(record));
    if (duplicate === undefined) return [];
    return [excludedDuplicate(duplicate, counted.has(recordKey(record)) ? "old" : "near")];
  });
  const numbers = [...new Set(records.map(({ partition }) => partition))];
  return {
    partitions: numbers.map((partition) => {
      const here = counting.filter((record) => record.partition === partition);
      const copies = excluded.filter((copy) => copy.partition === partition);
      return {
        partition,
        from: here[0]?.offset ?? null,
        to: here.at(-1)?.offset ?? null,
        events: here.length,
        late: here.filter((record) => isLate(record, closings)).length,
        skewed: here.filter(isSkewed).length,
        duplicates: {
          near: copies.filter(({ kind }) => kind === "near").length,
          old: copies.filter(({ kind }) => kind === "old").length,
        },
      };
    }),
    event_count: counting.length,
    event_ids: counting.slice(0, MOST_LISTED).map(({ eventId }) => eventId),
    excluded_count: excluded.length,
    excluded_duplicates: excluded.slice(0, MOST_LISTED),
  };
}

/** What the rollup has counted: as its documents show, and where there are none, as its memory reaches by time. */
function countedBefore(
  { asked, withCopies }: AskedRecords,
  { closings, dedup, parts }: ExplainContext,
): ReadonlySet<string> {
  const cause = parts === undefined ? undefined : causeOfDrift({ asked, withCopies, closings, parts, dedup });
  if (cause?.isExplained) return cause.verdict.counted;
  const [byTime] = countedByRollup(withCopies, dedup);
  return byTime ?? new Set();
}

function excludedDuplicate({ record, first, by }: Duplicate, kind: "near" | "old"): ExcludedDuplicate {
  return {
    event_id: record.eventId,
    partition: record.partition,
    offset: record.offset,
    by,
    first: { partition: first.partition, offset: first.offset },
    kind,
  };
}
