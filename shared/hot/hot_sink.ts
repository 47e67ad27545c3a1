import {
  type AnyBulkWriteOperation,
  type Collection,
  type Db,
  type Document,
  MongoBulkWriteError,
  MongoServerError,
} from "mongodb";
import { type MinuteChange, type Offset, START, type StoredWindow, windowKey } from "@countinghouse/core";
import type { Sink, SinkBatch, SnapshotStore } from "@countinghouse/log";
import { fromStoredBreakdown, toStoredBreakdown } from "./breakdown_codec.ts";
import { fromStoredCohort, toStoredCohort } from "./cohort_codec.ts";
import type { PartitionDocument } from "./documents.ts";
import { collections } from "./hot_store.ts";
import { MemberChunks } from "./member_chunks.ts";
import { fromStoredMinute, toStoredMinute } from "./minute_codec.ts";

const DUPLICATE_KEY = 11_000;
/** Documents in one request: a burst of late events can touch thousands. */
const DOCUMENTS_PER_WRITE = 500;

/**
 * Stores minutes in MongoDB. Each document is replaced only by one that goes further in the log; a stale one meets
 * a duplicate key and is dropped by the server. The partition's own document, with the books, comes last, so it
 * never runs ahead of the minutes.
 */
export class HotSink implements Sink<MinuteChange, StoredWindow> {
  readonly snapshots: SnapshotStore;
  readonly #collections: ReturnType<typeof collections>;
  readonly #members: MemberChunks;
  readonly #nowMs: () => number;
  readonly #lastProcessingMs = new Map<number, number>();
  /** By partition; what an earlier worker has found is taken over from it. */
  readonly #caughtUp = new Map<number, Date>();

  constructor(database: Db, snapshots: SnapshotStore, nowMs: () => number) {
    this.#collections = collections(database);
    this.#members = new MemberChunks(database);
    this.snapshots = snapshots;
    this.#nowMs = nowMs;
  }

  async position(partition: number): Promise<Offset> {
    const document = await this.#collections.partitions.findOne({ _id: partition });
    if (document?.caught_up) this.#caughtUp.set(partition, document.caught_up);
    return (document?.through ?? START) as Offset;
  }

  async write(batch: SinkBatch<MinuteChange>): Promise<void> {
    const { minutes, cohorts, breakdowns, stores } = this.#collections;
    const { change, partition } = batch;
    await this.#members.store(change.minutes);
    await replaceOlder(minutes, change.minutes.map((minute) => fromStoredMinute(minute, partition)));
    await this.#members.removeOlder(change.minutes);
    await replaceOlder(cohorts, change.cohorts.map((cohort) => fromStoredCohort(cohort, partition)));
    await replaceOlder(
      breakdowns,
      change.breakdowns.map((breakdown) => fromStoredBreakdown(breakdown, partition)),
    );
    for (const { store, appendTimeMs, currency } of change.firstMoney) {
      const first = { at: new Date(appendTimeMs), currency };
      await stores.updateOne({ _id: store }, { $min: { first_money: first } }, { upsert: true });
    }
    const books = this.#partitionDocument(batch);
    const guard = { _id: books._id, through: { $lte: books.through } };
    await refusingStale(this.#collections.partitions.replaceOne(guard, books, { upsert: true }));
  }

  async load(_partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, StoredWindow>> {
    const { minutes, cohorts, breakdowns } = this.#collections;
    const found = new Map<string, StoredWindow>();
    const keep = (window: StoredWindow) => found.set(windowKey(window.kind, window.id), window);
    const asked = (kind: StoredWindow["kind"]) => {
      const prefix = windowKey(kind, "");
      const ids = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      return { _id: { $in: ids } };
    };
    await Promise.all([
      (async () => {
        for await (const document of minutes.find(asked("minute"))) {
          keep(toStoredMinute(document, await this.#members.of(document)));
        }
      })(),
      (async () => {
        for await (const document of cohorts.find(asked("cohort"))) keep(toStoredCohort(document));
      })(),
      (async () => {
        for await (const document of breakdowns.find(asked("breakdown"))) keep(toStoredBreakdown(document));
      })(),
    ]);
    return found;
  }

  #partitionDocument(
    { partition, through, end, caughtUpMs, change }: SinkBatch<MinuteChange>,
  ): PartitionDocument {
    const { ledger, watermarkMs, newestAppendMs, minutes } = change;
    const nowMs = this.#nowMs();
    if (caughtUpMs !== undefined) this.#caughtUp.set(partition, new Date(caughtUpMs));
    return {
      _id: partition,
      through,
      end: Math.max(end, through),
      watermark: watermarkMs === undefined ? null : new Date(watermarkMs),
      ledger: {
        read: ledger.read,
        counted: ledger.counted,
        duplicates: ledger.duplicates,
        dead_lettered: ledger.deadLettered,
        late: ledger.late,
        skewed: ledger.skewed,
        archived: ledger.archived,
      },
      written: new Date(nowMs),
      caught_up: this.#caughtUp.get(partition) ?? null,
      processing_time_ms: newestAppendMs === undefined || minutes.length === 0
        ? this.#lastProcessingMs.get(partition) ?? null
        : this.#noteProcessing(partition, Math.max(0, nowMs - newestAppendMs)),
    };
  }

  #noteProcessing(partition: number, processingMs: number): number {
    this.#lastProcessingMs.set(partition, processingMs);
    return processingMs;
  }
}

interface GuardedDocument extends Document {
  readonly _id: string;
  readonly through: number;
}

/** Replaces documents by those that go further in the log. */
async function replaceOlder<T extends GuardedDocument>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<void> {
  const guarded = collection as unknown as Collection<GuardedDocument>;
  for (let at = 0; at < documents.length; at += DOCUMENTS_PER_WRITE) {
    const operations = documents.slice(at, at + DOCUMENTS_PER_WRITE).map(
      (replacement): AnyBulkWriteOperation<GuardedDocument> => ({
        replaceOne: {
          filter: { _id: replacement._id, through: { $lt: replacement.through } },
          replacement,
          upsert: true,
        },
      }),
    );
    await refusingStale(guarded.bulkWrite(operations, { ordered: false }));
  }
}

/** Lets a guarded upsert through; where the store is further already, the server's duplicate key is the answer. */
export async function refusingStale(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (error instanceof MongoBulkWriteError) {
      const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
      if (errors.length > 0 && errors.every((one) => one.code === DUPLICATE_KEY)) return;
    } else if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return;
    throw error;
  }
}
