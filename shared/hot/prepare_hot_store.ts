import type { Db, IndexDescription, IndexDescriptionInfo } from "mongodb";
import { COLLECTIONS } from "./documents.ts";
import { holdLease } from "./lease_hold.ts";

const NAMES: readonly string[] = Object.values(COLLECTIONS);
/** So long a preparation may give no sign of life before another process begins anew. */
const TTL_MS = 5_000;
const PATIENCE_MS = 60_000;

/** What the hot store still needs. */
interface Missing {
  readonly collections: readonly string[];
  readonly indexes: readonly MissingIndex[];
}

interface MissingIndex {
  readonly collection: string;
  readonly index: IndexDescription;
  /** The name of the one that it takes the place of, as its retention has changed. */
  readonly instead: string | undefined;
}

/**
 * Creates the collections and the indexes that writers and readers need, where they are missing: all of them, before
 * anything is written, and one process at a time. A collection that is created while another connection creates an
 * index can bring the MongoDB-protocol server of the local stack (SecantusDB 0.7.0b3) to a standstill. Where all is
 * there, as after a restart, it costs two answers.
 *
 * A minute expires the retention after the append time of its last record, not after the minute itself.
 */
export async function prepareHotStore(
  database: Db,
  retentionMs: number,
  nowMs: () => number = Date.now,
): Promise<void> {
  const wanted = indexesFor(retentionMs);
  if (isNothing(await missingIn(database, wanted))) return;
  await create(database, COLLECTIONS.leases);
  const turn = { database, group: "preparation", partition: 0, ttlMs: TTL_MS, nowMs };
  const hold = await holdLease(turn, AbortSignal.timeout(PATIENCE_MS));
  try {
    const { collections, indexes } = await missingIn(database, wanted);
    for (const name of collections) await create(database, name);
    for (const { collection, index, instead } of indexes) {
      if (instead !== undefined) await database.collection(collection).dropIndex(instead);
      await database.collection(collection).createIndexes([index]);
    }
  } finally {
    await hold.release();
  }
}

function indexesFor(retentionMs: number): Readonly<Record<string, readonly IndexDescription[]>> {
  const expiry = {
    key: { touched: 1 },
    name: "retention",
    expireAfterSeconds: Math.ceil(retentionMs / 1_000),
  } as const;
  const byStore = { key: { store: 1, minute: 1 }, name: "store_minute" } as const;
  return {
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
}

/** Asks for all indexes side by side, so that a worker which starts again is held up for one answer. */
async function missingIn(
  database: Db,
  wanted: Readonly<Record<string, readonly IndexDescription[]>>,
): Promise<Missing> {
  const listed = await database.listCollections({}, { nameOnly: true }).toArray();
  const existing = new Set(listed.map(({ name }) => name));
  const indexes = await Promise.all(
    Object.entries(wanted).map(async ([collection, ofCollection]) => {
      const there = existing.has(collection) ? await database.collection(collection).indexes() : [];
      return ofCollection.flatMap((index) => missingIndex(collection, index, there));
    }),
  );
  return { collections: NAMES.filter((name) => !existing.has(name)), indexes: indexes.flat() };
}

function missingIndex(
  collection: string,
  index: IndexDescription,
  there: readonly IndexDescriptionInfo[],
): MissingIndex[] {
  const same = there.find(({ key }) => JSON.stringify(key) === JSON.stringify(index.key));
  if (same !== undefined && same.expireAfterSeconds === index.expireAfterSeconds) return [];
  return [{ collection, index, instead: same?.name }];
}

function isNothing({ collections, indexes }: Missing): boolean {
  return collections.length === 0 && indexes.length === 0;
}

/** Creates a collection; another process may have been quicker. */
async function create(database: Db, name: string): Promise<void> {
  try {
    await database.createCollection(name);
  } catch (error) {
    if ((error as { codeName?: unknown }).codeName !== "NamespaceExists") throw error;
  }
}
