import type { ChangeStream, Db, Document, ResumeToken } from "mongodb";
import { COLLECTIONS } from "./documents.ts";
import { FIGURES_ONLY } from "./minute_window.ts";

const WATCHED: readonly string[] = [
  COLLECTIONS.minutes,
  COLLECTIONS.corrections,
  COLLECTIONS.partitions,
  COLLECTIONS.stores,
];
const PIPELINE: Document[] = [
  { $match: { $or: [{ "ns.coll": { $in: WATCHED } }, { operationType: "dropDatabase" }] } },
  { $unset: Object.keys(FIGURES_ONLY).map((field) => `fullDocument.${field}`) },
];

/** The changes of minutes, their corrections, partitions and stores behind a token, each with the whole document. */
export function openChanges(db: Db, startAfter: ResumeToken): ChangeStream {
  return db.watch(PIPELINE, { fullDocument: "updateLookup", startAfter });
}

/**
 * A token for what comes after now, from a stream that is opened and closed again. The server's time would do as well,
 * but not every server finds its place in the oplog by time without reading all of it.
 */
export async function presentToken(db: Db): Promise<ResumeToken> {
  const stream = db.watch(PIPELINE, { maxAwaitTimeMS: 1 });
  try {
    await stream.tryNext();
    return stream.resumeToken;
  } finally {
    await stream.close();
  }
}
