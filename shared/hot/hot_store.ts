import { type Db, MongoClient } from "mongodb";
import {
  type BreakdownDocument,
  type CohortDocument,
  COLLECTIONS,
  type MemberChunkDocument,
  type MinuteDocument,
  type PartitionDocument,
  type StoreDocument,
} from "./documents.ts";

/** The database used when the address names none. */
const DATABASE = "countinghouse";
/** Long enough for a server that is busy, short enough to say soon that it is away. */
const SERVER_SELECTION_MS = 3_000;

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
  };
}

/**
 * Creates the collections and the indexes that writers and readers need, where they are missing.
 *
 * A minute expires the retention after the append time of its last record, not after the minute itself: history
 * that is loaded from a file stays hot as long as what happens today.
 */
export async function prepareHotStore(database: Db, retentionMs: number): Promise<void> {
  const { minutes, cohorts, breakdowns, members } = collections(database);
  const retention = { touched: 1 } as const;
  const expiry = { name: "retention", expireAfterSeconds: Math.ceil(retentionMs / 1_000) };
  for (const collection of [minutes, cohorts, breakdowns]) {
    await collection.createIndexes([
      { key: { store: 1, minute: 1 }, name: "store_minute" },
      { key: retention, ...expiry },
    ]);
  }
  await members.createIndexes([{ key: { minute_id: 1 }, name: "minute" }, { key: retention, ...expiry }]);
}
