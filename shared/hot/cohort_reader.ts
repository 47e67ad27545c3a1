import type { Db } from "mongodb";
import { type Cohort, emptyCohort, mergeCohorts } from "@countinghouse/core";
import { collections } from "./hot_store.ts";
import type { MinuteRange } from "./minute_reader.ts";

/**
 * The sessions of a store over a range of minutes: those that started in it, how far they got, and how many were last
 * seen in it. Partitions and corrections are added up; a range without sessions is all zeros.
 */
export async function readCohort(
  db: Db,
  { storeId, startMs, endMs }: Pick<MinuteRange, "storeId" | "startMs" | "endMs">,
): Promise<Cohort> {
  const { cohorts, corrections } = collections(db);
  const filter = { store: storeId, minute: { $gte: new Date(startMs), $lt: new Date(endMs) } };
  const [counted, corrected] = await Promise.all([
    cohorts.find(filter).toArray(),
    corrections.find(filter, { projection: { cohort: 1 } }).toArray(),
  ]);
  return [...counted, ...corrected.map(({ cohort }) => cohort)].reduce<Cohort>(mergeCohorts, emptyCohort());
}
