import { type Db, MongoClient } from "mongodb";
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
