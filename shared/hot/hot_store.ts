import { type Db, type IndexDescription, type IndexDescriptionInfo, MongoClient } from "mongodb";
import type { AlarmDocument } from "./alarm.ts";
import type { CorrectionDocument } from "./correction.ts";
import {
  type BreakdownDocument,
  type CohortDocument,
  COLLECTIONS,
  type MemberChunkDocument,
  type MinuteDocument,
  type PartitionDocument,
  type StoreDocument,
} from "./documents.ts";
import type { RestatementDocument } from "./restatement.ts";

/** The database used when the address names none. */
const DATABASE = "countinghouse";
/** Long enough for a server that is busy, short enough to say soon that it is away. */
const SERVER_SELECTION_MS = 3_000;
/** A server that takes a request and does not answer it is as good as away. */
const SILENCE_MS = 20_000;

/** A connection to the hot store. */
export interface HotStore {
  readonly client: MongoClient;
  readonly database: Db;
  close(): Promise<void>;
}

/** Connects to MongoDB, or to what speaks its protocol. The database is the one that the address names. */
export function openHotStore(uri: string): HotStore {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    socketTimeoutMS: SILENCE_MS,
    writeConcern: { w: "majority", journal: true },
    readConcern: { level: "majority" },
    ignoreUndefined: true,
  });
  const database = client.db(new URL(uri).pathname.length > 1 ? undefined : DATABASE);
  return { client, database, close: () => client.close() };
}

/** The collections of the hot store, typed. */
export function collections(database: Db) {
  return {
    minutes: database.collection<MinuteDocument>(COLLECTIONS.minutes),
    cohorts: database.collection<CohortDocument>(COLLECTIONS.cohorts),
    breakdowns: database.collection<BreakdownDocument>(COLLECTIONS.breakdowns),
    members: database.collection<MemberChunkDocument>(COLLECTIONS.members),
    partitions: database.collection<PartitionDocument>(COLLECTIONS.partitions),
    stores: database.collection<StoreDocument>(COLLECTIONS.stores),
    corrections: database.collection<CorrectionDocument>(COLLECTIONS.corrections),
    restatements: database.collection<RestatementDocument>(COLLECTIONS.restatements),
    alarms: database.collection<AlarmDocument>(COLLECTIONS.alarms),
  };
}

/**
 * Creates the collections and the indexes that writers and readers need, where they are missing: all of them, before
 * anything is written. A first write that creates its collection, while another connection creates an index on it,
 * brings the MongoDB-protocol server of the local stack (SecantusDB 0.7.0b3) to a standstill.
 *
 * A minute expires the retention after the append time of its last record, not after the minute itself: history
 * that is loaded from a file stays hot as long as what happens today.
 */
export async function prepareHotStore(database: Db, retentionMs: number): Promise<void> {
  const existing = new Set(
    (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name),
  );
  for (const name of Object.values(COLLECTIONS)) if (!existing.has(name)) await create(database, name);
  const expiry: IndexDescription = {
    key: { touched: 1 },
    name: "retention",
    expireAfterSeconds: Math.ceil(retentionMs / 1_000),
  };
  const byStore: IndexDescription = { key: { store: 1, minute: 1 }, name: "store_minute" };
  const indexes: Readonly<Record<string, IndexDescription[]>> = {
    [COLLECTIONS.minutes]: [byStore, expiry],
    [COLLECTIONS.cohorts]: [byStore, expiry],
    [COLLECTIONS.breakdowns]: [byStore, expiry],
    [COLLECTIONS.corrections]: [byStore, expiry],
    [COLLECTIONS.checks]: [byStore, expiry],
    [COLLECTIONS.members]: [{ key: { minute_id: 1 }, name: "minute" }, expiry],
    // Those that GridFS would create itself with its first upload.
    [COLLECTIONS.snapshotFiles]: [{ key: { filename: 1, uploadDate: 1 } }],
    [COLLECTIONS.snapshotChunks]: [{ key: { files_id: 1, n: 1 }, unique: true }],
  };
  const names = Object.keys(indexes);
  // Asked side by side: a worker that starts again, and finds them all, is held up for one answer.
  const there = await Promise.all(names.map((name) => database.collection(name).indexes()));
  for (const [at, name] of names.entries()) await createIndexes(database, name, indexes[name]!, there[at]!);
}

/** Creates the indexes that are missing; the retention's anew where the setting has changed since. */
async function createIndexes(
  database: Db,
  collection: string,
  wanted: readonly IndexDescription[],
  there: readonly IndexDescriptionInfo[],
): Promise<void> {
  for (const index of wanted) {
    const same = there.find(({ key }) => JSON.stringify(key) === JSON.stringify(index.key));
    if (same !== undefined && same.expireAfterSeconds === index.expireAfterSeconds) continue;
    if (same?.name !== undefined) await database.collection(collection).dropIndex(same.name);
    await database.collection(collection).createIndexes([index]);
  }
}

/**
 * Makes every partition of the log known, before the first record of it is read: a minute is not complete while a
 * partition that nobody has heard of may still hold some of it.
 */
export async function announcePartitions(database: Db, count: number): Promise<void> {
  const { partitions } = collections(database);
  const unread: Omit<PartitionDocument, "_id"> = {
    through: 0,
    end: 0,
    watermark: null,
    ledger: { read: 0, counted: 0, duplicates: 0, dead_lettered: 0, late: 0, skewed: 0, archived: 0 },
    written: new Date(0),
    caught_up: null,
    processing_time_ms: null,
  };
  await partitions.bulkWrite(
    Array.from({ length: count }, (_, partition) => ({
      updateOne: { filter: { _id: partition }, update: { $setOnInsert: unread }, upsert: true },
    })),
    { ordered: false },
  );
}

/** Creates a collection; another worker may have been quicker. */
async function create(database: Db, name: string): Promise<void> {
  try {
    await database.createCollection(name);
  } catch (error) {
    if ((error as { codeName?: unknown }).codeName !== "NamespaceExists") throw error;
  }
}
