import type { HeadedRecord, Log, PartitionRange } from "./log.ts";

/** The records that a partition holds between two offsets, and then an end, unlike {@link Log.read}. */
export async function* readRange(
  log: Log,
  topic: string,
  { partition, start, end }: PartitionRange,
  signal: AbortSignal,
): AsyncGenerator<HeadedRecord> {
  if (start >= end) return;
  for await (const batch of log.read(topic, partition, start, signal)) {
    yield* batch.records.filter((record) => record.offset < end);
    if (batch.through >= end) return;
  }
  signal.throwIfAborted();
}
