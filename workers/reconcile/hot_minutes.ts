import type { Db } from "mongodb";
import {
  type CohortDocument,
  collections,
  CORRECTION_PARTITION,
  type CorrectionDocument,
  findFigures,
  type MinuteFigures,
  type PartitionDocument,
  readPartitions,
} from "@countinghouse/hot";
import { type CompletionRules, type HotMinute, hotMinute } from "./hot_minute.ts";

/** Minutes as compared, and how far the hot store was before they were read. */
export interface HotMinutes {
  readonly minutes: readonly HotMinute[];
  readonly partitions: readonly PartitionDocument[];
}

/** Reads what the hot store holds of the minutes that start in [fromMs, toMs), of every shop or of one. */
export async function readHotMinutes(
  db: Db,
  { fromMs, toMs, storeId }: { readonly fromMs: number; readonly toMs: number; readonly storeId?: string },
  rules: CompletionRules,
): Promise<HotMinutes> {
  // A partition's document is written after its minutes, so these are at least as far as it says.
  const partitions = await readPartitions(db);
  const filter = {
    // An `_id` begins with its minute, so this is a range of the primary key.
    _id: { $gte: new Date(fromMs).toISOString(), $lt: new Date(toMs).toISOString() },
    ...(storeId === undefined ? {} : { store: storeId }),
  };
  const found = new Map<string, Gathered>();
  const at = ({ store, minute }: MinuteFigures | CohortDocument) => {
    const key = JSON.stringify([store, minute.getTime()]);
    const there = found.get(key) ??
      { storeId: store, minuteMs: minute.getTime(), parts: [], cohorts: [], correction: undefined };
    found.set(key, there);
    return there;
  };
  for await (const document of findFigures(db, filter)) {
    if (document.partition === CORRECTION_PARTITION) at(document).correction = document as CorrectionDocument;
    else at(document).parts.push(document);
  }
  for await (const cohort of collections(db).cohorts.find(filter, { batchSize: 5_000 })) {
    // A session can begin in a minute that a duplicate has taken from the counts; never the other way round.
    at(cohort).cohorts.push(cohort);
  }
  const minutes = [...found.values()].map((documents) => hotMinute(documents, partitions, rules));
  return { minutes, partitions };
}

interface Gathered {
  readonly storeId: string;
  readonly minuteMs: number;
  readonly parts: MinuteFigures[];
  readonly cohorts: CohortDocument[];
  correction: CorrectionDocument | undefined;
}
