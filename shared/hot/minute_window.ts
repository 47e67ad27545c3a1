import {
  type Convert,
  type CurrencyCode,
  emptyRollup,
  type KpiWindow,
  kpiWindow,
  merge,
  MINUTE_MS,
  type Status,
} from "@countinghouse/core";
import type { MinuteDocument, PartitionDocument } from "./documents.ts";
import { decodeRollup } from "./minute_codec.ts";

/** A minute document without what no reader of figures needs, and which is most of its size. */
export type MinuteFigures = Omit<MinuteDocument, keyof typeof FIGURES_ONLY>;

/** The projection that makes {@link MinuteFigures} of a document. */
export const FIGURES_ONLY = { members: 0, user_sketch: 0 } as const;

/** How readers show minutes, the same for every store. */
export interface WindowRules {
  readonly convert: Convert;
  /** The currency that revenue is shown in; where undefined, the store's first money event decides. */
  readonly reportingCurrency: CurrencyCode | undefined;
  readonly allowedLatenessMs: number;
  /** How old a partition's report may be for its "caught up" to be believed. */
  readonly caughtUpTrustMs: number;
}

/** What is known besides the minute's own documents. */
export interface WindowContext {
  readonly partitions: readonly PartitionDocument[];
  /** The store's reporting currency; undefined before its first money event. */
  readonly currency: CurrencyCode | undefined;
  readonly nowMs: number;
}

/** One minute of a store, added up over its partitions; all zeros when there are no documents. */
export function minuteWindow(
  storeId: string,
  minuteMs: number,
  documents: readonly MinuteFigures[],
  context: WindowContext,
  rules: WindowRules,
): KpiWindow {
  return kpiWindow(documents.map(decodeRollup).reduce(merge, emptyRollup()), {
    storeId,
    startMs: minuteMs,
    endMs: minuteMs + MINUTE_MS,
    status: minuteStatus(minuteMs, documents, context, rules),
    currency: context.currency,
    convert: rules.convert,
    processingTimeMs: newestProcessingTime(context.partitions),
  });
}

/**
 * Whether a minute can still change. It is complete when every partition is done with it: its document says so,
 * or its watermark has passed the minute, or it has nothing left to read and the allowed lateness is over by the
 * clock, so that an idle partition holds nothing up.
 */
export function minuteStatus(
  minuteMs: number,
  documents: readonly MinuteFigures[],
  { partitions, nowMs }: Pick<WindowContext, "partitions" | "nowMs">,
  { allowedLatenessMs, caughtUpTrustMs }: Pick<WindowRules, "allowedLatenessMs" | "caughtUpTrustMs">,
): Status {
  const endMs = minuteMs + MINUTE_MS;
  const closed = new Set(documents.filter((document) => document.closed).map(({ partition }) => partition));
  const isDone = (partition: PartitionDocument) => {
    if (closed.has(partition._id)) return true;
    if (partition.watermark !== null && partition.watermark.getTime() >= endMs) return true;
    const caughtUp = partition.through === partition.end &&
      nowMs - partition.written.getTime() <= caughtUpTrustMs;
    return caughtUp && nowMs >= endMs + allowedLatenessMs;
  };
  const known = new Set(partitions.map(({ _id }) => _id));
  const isOpen = documents.some(({ partition }) => !known.has(partition) && !closed.has(partition));
  if (partitions.length === 0 || isOpen || !partitions.every(isDone)) return "provisional";
  return documents.some(({ restatements }) => restatements > 0) ? "restated" : "final";
}

/** Append to stored minute in the newest write of any partition. */
function newestProcessingTime(partitions: readonly PartitionDocument[]): number | null {
  let newest: PartitionDocument | undefined;
  for (const partition of partitions) {
    if (partition.processing_time_ms === null) continue;
    if (newest === undefined || partition.written > newest.written) newest = partition;
  }
  return newest?.processing_time_ms ?? null;
}
