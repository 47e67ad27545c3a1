import type { Offset } from "@countinghouse/core";
import type { HeadedBatch, HeadedRecord, Log } from "../log.ts";

/** Reads a partition from an offset until so many records are there. @throws when they don't come in 20 s. */
export async function readRecords(
  log: Log,
  topic: string,
  partition: number,
  from: number,
  count: number,
): Promise<HeadedRecord[]> {
  const batches = await readUntil(log, topic, partition, from, (batches) => total(batches) >= count);
  return batches.flatMap((batch) => batch.records);
}

/** Reads a partition from an offset until the batches are enough. @throws when they don't come in 20 s. */
export async function readUntil(
  log: Log,
  topic: string,
  partition: number,
  from: number,
  enough: (batches: readonly HeadedBatch[]) => boolean,
): Promise<HeadedBatch[]> {
  const batches: HeadedBatch[] = [];
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(), 20_000);
  try {
    for await (const batch of log.read(topic, partition, from as Offset, stop.signal)) {
      batches.push(batch);
      if (enough(batches)) return batches;
    }
    throw new Error(`Cannot see enough of ${topic}/${partition} in 20 s: ${total(batches)} records came`);
  } finally {
    clearTimeout(deadline);
  }
}

function total(batches: readonly HeadedBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.records.length, 0);
}

/** A record with a text. */
export function textRecord(text: string, partition?: number) {
  const value = new TextEncoder().encode(text);
  return { key: null, value, ...(partition === undefined ? {} : { partition }) };
}

/** A record's text. */
export function textOf(record: HeadedRecord | undefined): string {
  return new TextDecoder().decode(record?.value ?? new Uint8Array());
}

/** The text of the next record, whatever empty batches come before it. */
export async function nextText(batches: AsyncIterator<HeadedBatch>): Promise<string> {
  for (;;) {
    const record = (await batches.next()).value.records[0];
    if (record !== undefined) return textOf(record);
  }
}
