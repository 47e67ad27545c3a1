import { encodeDeadLetter, type Log, type NewRecord } from "@countinghouse/log";
import type { IngestBatch, RefusedRecord } from "./ingest.ts";

/** Where events and refusals go. */
export interface Topics {
  readonly events: string;
  readonly deadLetters: string;
}

/**
 * Stores batches in the log: events by their keys, refusals in the dead-letter topic's last partition, which is for
 * what was refused before it had a partition, with the file and line in their headers.
 */
export async function logDoor(
  log: Log,
  topics: Topics,
  fileName: string,
): Promise<(batch: IngestBatch) => Promise<void>> {
  const lastPartition = (await log.ranges(topics.deadLetters)).length - 1;
  return async ({ events, refused }) => {
    const letters = refused.map((one) => letterOf(one, fileName, lastPartition));
    // Both to their end, so that none is under way when a failure is told.
    const appends = await Promise.allSettled([
      events.length > 0 ? log.append(topics.events, events) : undefined,
      letters.length > 0 ? log.append(topics.deadLetters, letters) : undefined,
    ]);
    for (const append of appends) if (append.status === "rejected") throw append.reason;
  };
}

function letterOf({ record, refusal }: RefusedRecord, fileName: string, partition: number): NewRecord {
  const { line, bytes, length } = record;
  const letter = encodeDeadLetter({ key: null, value: bytes, refusal, origin: "ingest" }, partition);
  return {
    ...letter,
    headers: {
      ...letter.headers,
      source_file: fileName,
      source_line: String(line),
      ...(length > bytes.length ? { value_bytes: String(length) } : {}),
    },
  };
}
