import { MINUTE_MS, type MinuteFoldOptions } from "@countinghouse/core";
import { type Log, type PartitionRange, readRange } from "@countinghouse/log";

/**
 * From which minute on a partition can be rebuilt, in milliseconds: 0 when the log holds it from its first record,
 * Infinity when it holds too little.
 *
 * Where retention has removed the log's start, what lies before it is not known: which events were there, which ids
 * they had, which sessions were under way. So long after the oldest record that is kept, all of that is over; the
 * exceptions are in the README.
 */
export async function rebuildableFromMs(
  log: Log,
  topic: string,
  range: PartitionRange,
  options: MinuteFoldOptions,
  signal: AbortSignal,
): Promise<number> {
  if (range.start === 0) return 0;
  for await (const { appendTimeMs } of readRange(log, topic, range, signal)) {
    return Math.ceil((appendTimeMs + runInMs(options)) / MINUTE_MS) * MINUTE_MS;
  }
  return Infinity;
}

/**
 * How long before its first minute a replay has to begin, for so long does a fold remember: an id for up to nine
 * eighths of the horizon, a session until no late event joins it.
 */
export function runInMs(
  { dedup, sessionTimeoutMs, allowedLatenessMs, maxSkewMs }: MinuteFoldOptions,
): number {
  return Math.ceil(dedup.horizonMs * 9 / 8) + sessionTimeoutMs + allowedLatenessMs + maxSkewMs;
}
