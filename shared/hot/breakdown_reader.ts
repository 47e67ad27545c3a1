import type { Db } from "mongodb";
import { addPart, type Dimension, type DimensionParts, emptyPart, type Part } from "@countinghouse/core";
import { toStoredBreakdown } from "./breakdown_codec.ts";
import { collections } from "./hot_store.ts";
import type { MinuteRange } from "./minute_reader.ts";

/**
 * A store's minutes of a range by one dimension, added up over partitions. What a crowded minute did not keep by name
 * is in `other`, so the sum over all is exact.
 */
export async function readDimension(
  db: Db,
  dimension: Dimension,
  { storeId, startMs, endMs }: Pick<MinuteRange, "storeId" | "startMs" | "endMs">,
): Promise<DimensionParts> {
  const sum = { parts: new Map<string, Part>(), other: emptyPart() };
  const filter = { store: storeId, minute: { $gte: new Date(startMs), $lt: new Date(endMs) } };
  for await (const document of collections(db).breakdowns.find(filter)) {
    const { parts, other } = toStoredBreakdown(document).breakdown[dimension];
    for (const [value, part] of parts) {
      const known = sum.parts.get(value);
      if (known === undefined) sum.parts.set(value, part);
      else addPart(known, part);
    }
    addPart(sum.other, other);
  }
  return sum;
}
