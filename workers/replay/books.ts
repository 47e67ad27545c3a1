import type { Db } from "mongodb";
import type { Offset } from "@countinghouse/core";
import { collections, type PartitionDocument } from "@countinghouse/hot";
import { ToldError } from "@countinghouse/shared/told_error";
import { differences } from "./finding.ts";

/** What of a partition's document the log decides; the rest is the worker's clock. */
function ofTheLog({ through, watermark, ledger }: PartitionDocument) {
  return { through, watermark, ledger };
}

/** In what the books of a live partition differ from those of its shadow at the same offset. */
export function bookDifferences(live: PartitionDocument | null, right: PartitionDocument): string[] {
  return differences(live === null ? undefined : ofTheLog(live), ofTheLog(right), "books");
}

/** Puts the books right. Only for who holds the partition: no worker writes it meanwhile. */
export async function repairBooks(
  database: Db,
  live: PartitionDocument | null,
  right: PartitionDocument,
  end: Offset,
): Promise<void> {
  const { written, caught_up, processing_time_ms } = live ?? { ...right, processing_time_ms: null };
  const document = { ...right, end, written, caught_up, processing_time_ms };
  await collections(database).partitions.replaceOne({ _id: right._id }, document, { upsert: true });
}

/** The hot store was made from another log than this one. */
export class ForeignLogError extends ToldError {
  override name = "ForeignLogError";
}

/**
 * Sees to it that the hot store was made from this log. One damaged offset beyond the log's end is repaired; where
 * the books and documents agree on one, it is the log that was lost or replaced.
 *
 * @throws {ForeignLogError} when it was not: everything would be removed.
 */
export async function assertSameLog(
  database: Db,
  partition: number,
  readEnd: () => Promise<Offset>,
): Promise<void> {
  const { partitions, minutes } = collections(database);
  const books = await partitions.findOne({ _id: partition });
  // Not before the books, which workers move on.
  const end = await readEnd();
  if (books === null || books.through <= end) return;
  if (await minutes.findOne({ partition, through: { $gt: end } }, { projection: { _id: 1 } }) === null) {
    return;
  }
  throw new ForeignLogError(
    `Cannot replay partition ${partition}: the hot store stands at offset ${books.through}, but the log ends at ` +
      `${end}; it is not the log that the hot store was made from`,
  );
}
