import {
  type Convert,
  type CurrencyCode,
  emptyRollup,
  type KpiWindow,
  kpiWindow,
  merge,
  MINUTE_MS,
} from "@countinghouse/core";
import type { MinuteDocument, PartitionDocument } from "./documents.ts";
import { decodeRollup } from "./minute_codec.ts";
import { minuteStatus } from "./minute_status.ts";

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
}

/** What is known besides the minute's own documents. */
export interface WindowContext {
  readonly partitions: readonly PartitionDocument[];
  /** The store's reporting currency; undefined before its first money event. */
  readonly currency: CurrencyCode | undefined;
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
    status: minuteStatus(minuteMs, documents, context.partitions, rules.allowedLatenessMs),
    currency: context.currency,
    convert: rules.convert,
    processingTimeMs: newestProcessingTime(context.partitions),
  });
}

/** Append to stored minute in the newest write of any partition. */
export function newestProcessingTime(partitions: readonly PartitionDocument[]): number | null {
  let newest: PartitionDocument | undefined;
  for (const partition of partitions) {
    if (partition.processing_time_ms === null) continue;
    if (newest === undefined || partition.written > newest.written) newest = partition;
  }
  return newest?.processing_time_ms ?? null;
}
