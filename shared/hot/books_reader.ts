import type { Db } from "mongodb";
import type { Ledger } from "./documents.ts";
import { collections } from "./hot_store.ts";
import { readPartitions } from "./minute_reader.ts";

/** The books of one partition, and how far it is. */
export interface PartitionBooks extends Ledger {
  readonly partition: number;
  readonly through: number;
  readonly end: number;
  readonly watermark: Date | null;
  readonly written: Date;
}

/** The books of every partition, by number. */
export async function readBooks(db: Db): Promise<PartitionBooks[]> {
  const partitions = await readPartitions(db);
  return partitions.map(({ _id, ledger, through, end, watermark, written }) => ({
    partition: _id,
    ...ledger,
    through,
    end,
    watermark,
    written,
  }));
}

/**
 * How many events the minutes hold that are there, counted from the minutes themselves and not from the books, so
 * that the two can be compared. Minutes that the hot retention has taken away are not in it.
 */
export async function countHotEvents(db: Db): Promise<number> {
  const { minutes, corrections } = collections(db);
  const total = [{ $group: { _id: null, events: { $sum: "$counts.events" } } }];
  const sums = await Promise.all([
    minutes.aggregate<{ events: number }>(total).toArray(),
    corrections.aggregate<{ events: number }>(total).toArray(),
  ]);
  return sums.flat().reduce((events, sum) => events + sum.events, 0);
}
