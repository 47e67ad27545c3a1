import { MINUTE_MS, type Status } from "@countinghouse/core";
import type { MinuteDocument, PartitionDocument } from "./documents.ts";

/** What of a minute's document in one partition its status depends on. */
export type MinuteProgress = Pick<
  MinuteDocument,
  "partition" | "closed" | "restatements" | "first_append" | "last_append"
>;

/** A minute that is loaded long after it was over waits so long for its other events. */
const LONGEST_LOAD_MS = MINUTE_MS;
/** By so much the clocks of workers and brokers may differ. */
const CLOCK_DIFFERENCE_MS = 2_000;

/**
 * Whether a minute can still change, or has changed when it should not have. It is complete when every partition is
 * done with it: its watermark has passed the minute, or its worker has found nothing left to read after the minute
 * was settled, so that an idle partition holds nothing up. It is restated when an event came to a partition that
 * was done with it: behind the partition's watermark, or appended after the minute was settled.
 *
 * Nothing but stored documents decides, no reader's clock: a minute that is complete never becomes provisional again.
 */
export function minuteStatus(
  minuteMs: number,
  documents: readonly MinuteProgress[],
  partitions: readonly PartitionDocument[],
  allowedLatenessMs: number,
): Status {
  const settledMs = settledAt(minuteMs, documents, allowedLatenessMs);
  const closed = new Set(documents.filter((document) => document.closed).map(({ partition }) => partition));
  const isDone = ({ _id, watermark, caught_up }: PartitionDocument) =>
    closed.has(_id) ||
    (watermark !== null && watermark.getTime() >= minuteMs + MINUTE_MS) ||
    (caught_up !== null && caught_up.getTime() >= settledMs + CLOCK_DIFFERENCE_MS);
  const known = new Set(partitions.map(({ _id }) => _id));
  const isOpen = documents.some(({ partition }) => !known.has(partition) && !closed.has(partition));
  if (partitions.length === 0 || isOpen || !partitions.every(isDone)) return "provisional";
  const isRestated = documents.some(({ restatements, last_append }) =>
    restatements > 0 || last_append.getTime() > settledMs
  );
  return isRestated ? "restated" : "final";
}

/**
 * When, in append time, no more events of a minute are expected: the allowed lateness after its end. Where its first
 * event came later than that, the minute is history that is being loaded, and gets a while from there.
 */
function settledAt(
  minuteMs: number,
  documents: readonly MinuteProgress[],
  allowedLatenessMs: number,
): number {
  const firstMs = Math.min(...documents.map(({ first_append }) => first_append.getTime()));
  const onTimeMs = minuteMs + MINUTE_MS + allowedLatenessMs;
  if (!Number.isFinite(firstMs)) return onTimeMs;
  return Math.max(onTimeMs, firstMs + Math.min(allowedLatenessMs, LONGEST_LOAD_MS));
}
