import {
  type ChangeStream,
  type ChangeStreamDocument,
  type Db,
  type Document,
  MongoServerError,
  type ResumeToken,
} from "mongodb";
import { type KpiWindow, minuteStart } from "@countinghouse/core";
import { openChanges, presentToken } from "./change_stream.ts";
import { COLLECTIONS, type PartitionDocument, type StoreDocument } from "./documents.ts";
import { collections } from "./hot_store.ts";
import { findFigures, readByMinute, readPartitions } from "./minute_reader.ts";
import type { MinuteFigures, WindowRules } from "./minute_window.ts";
import { type MinuteKey, RecentMinutes } from "./recent_minutes.ts";

/** How the feed behaves; times in milliseconds. */
export interface FeedOptions {
  readonly rules: WindowRules;
  readonly now: () => number;
  /** Told once when the change stream breaks, with why, and once when it is back. */
  readonly onConnection?: (connected: boolean, reason: string) => void;
  /** How long changes are gathered, so that one tick of the worker becomes one message a minute. */
  readonly coalesceMs?: number;
  /** How far back minutes are kept in memory; older ones are read again when they change. */
  readonly recentMs?: number;
}

/** The minutes of every store as they change. */
export interface MinuteFeed {
  /** Called with each minute that changed; it must not throw or wait. Answers how to stop. */
  subscribe(listener: (window: KpiWindow) => void): () => void;
  /** Whether changes are arriving now. */
  readonly connected: boolean;
  /** Resolves when the feed has connected for the first time and published the recent minutes. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** At most so many minutes are published in one go, newest first; the rest follow in the next. */
const WINDOWS_PER_FLUSH = 120;
const STATUS_REVIEW_MS = 1_000;
const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000] as const;

/**
 * Follows the hot store by one change stream for the whole process, however many viewers there are. A changed
 * document is merged with its minute's other partitions from memory.
 *
 * A lost connection is resumed where it broke; when the server can't resume there any more, the recent minutes
 * are read anew and published.
 */
export function startMinuteFeed(db: Db, options: FeedOptions): MinuteFeed {
  const { rules, now, onConnection, coalesceMs = 25, recentMs = 90 * 60_000 } = options;
  const recent = new RecentMinutes(rules);
  const listeners = new Set<(window: KpiWindow) => void>();
  const closing = new AbortController();
  const ready = Promise.withResolvers<void>();
  let stream: ChangeStream | undefined;
  let connected = false;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let flushing = false;

  function setConnected(value: boolean, reason: string): void {
    if (connected === value || closing.signal.aborted) return;
    connected = value;
    onConnection?.(value, reason);
  }

  function scheduleFlush(delayMs = coalesceMs): void {
    if (closing.signal.aborted || flushing || !recent.hasChanges) return;
    flushTimer ??= setTimeout(flush, delayMs);
  }

  async function flush(): Promise<void> {
    flushTimer = undefined;
    flushing = true;
    let delayMs = coalesceMs;
    recent.raiseFloor(minuteStart(now()) - recentMs);
    const keys = recent.take(WINDOWS_PER_FLUSH);
    try {
      const older = await readOlder(db, keys.filter((key) => !recent.covers(key)));
      for (const key of keys) {
        const window = recent.window(key, older.get(key));
        for (const listener of listeners) listener(window);
      }
    } catch {
      // The change stream sees the same failure and reports it; these minutes wait for the database to be back.
      recent.putBack(keys);
      delayMs = STATUS_REVIEW_MS;
    } finally {
      flushing = false;
      scheduleFlush(delayMs);
    }
  }

  async function readAnew(): Promise<void> {
    const floorMs = minuteStart(now()) - recentMs;
    const partitions = await readPartitions(db);
    const stores = await collections(db).stores.find({}).toArray();
    // An `_id` begins with its minute, so this is a range of the primary key.
    const documents = await Array.fromAsync(
      findFigures(db, { _id: { $gte: new Date(floorMs).toISOString() } }),
    );
    recent.reset(floorMs, documents);
    partitions.forEach((partition) => recent.adoptPartition(partition));
    stores.forEach((store) => recent.adoptStore(store));
  }

  /** Follows until the stream breaks. Answers the token to go on behind; undefined to read anew. */
  async function follow(startAfter: ResumeToken | undefined): Promise<ResumeToken | undefined> {
    try {
      // Asked before the minutes are read, so that no change falls between the two.
      const token = await presentToken(db);
      if (startAfter === undefined) await readAnew();
      stream = openChanges(db, startAfter ?? token);
      setConnected(true, startAfter === undefined ? "read anew" : "resumed");
      scheduleFlush(0);
      ready.resolve();
      for await (const change of stream) {
        take(change);
        scheduleFlush();
      }
      return stream.resumeToken;
    } catch (error) {
      setConnected(false, (error as Error).message);
      // A server that answers with an error will not take this token again; a silent one may.
      return error instanceof MongoServerError ? undefined : stream?.resumeToken ?? startAfter;
    } finally {
      await stream?.close().catch(() => {});
    }
  }

  function take(change: ChangeStreamDocument): void {
    switch (change.operationType) {
      case "insert":
      case "replace":
      case "update":
        if (change.fullDocument) adopt(change.ns.coll, change.fullDocument);
        break;
      case "delete":
        if (isOfMinutes(change.ns.coll)) recent.forget(String(change.documentKey._id));
        break;
      case "drop":
        if (isOfMinutes(change.ns.coll)) recent.clear();
        break;
      case "dropDatabase":
        recent.clear();
        break;
      default:
        break;
    }
  }

  function adopt(collection: string, document: Document): void {
    if (isOfMinutes(collection)) recent.adopt(document as MinuteFigures);
    else if (collection === COLLECTIONS.partitions) recent.adoptPartition(document as PartitionDocument);
    else if (collection === COLLECTIONS.stores) recent.adoptStore(document as StoreDocument);
  }

  async function run(): Promise<void> {
    let token: ResumeToken | undefined;
    let failures = 0;
    while (!closing.signal.aborted) {
      token = await follow(token);
      if (closing.signal.aborted) return;
      failures = connected ? 0 : failures + 1;
      setConnected(false, "the change stream ended");
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!, closing.signal);
    }
  }

  const review = setInterval(() => {
    recent.reviewStatus();
    scheduleFlush();
  }, STATUS_REVIEW_MS);
  const running = run();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get connected() {
      return connected;
    },
    ready: ready.promise,
    async close() {
      closing.abort();
      clearInterval(review);
      clearTimeout(flushTimer);
      await stream?.close().catch(() => {});
      await running;
    },
  };
}

/** Whether a collection's documents are added up to minutes. */
function isOfMinutes(collection: string): boolean {
  return collection === COLLECTIONS.minutes || collection === COLLECTIONS.corrections;
}

/** The documents of minutes that memory doesn't cover: one query per store. */
async function readOlder(
  db: Db,
  keys: readonly MinuteKey[],
): Promise<ReadonlyMap<MinuteKey, readonly MinuteFigures[]>> {
  const documents = new Map<MinuteKey, readonly MinuteFigures[]>();
  for (const [store, ofStore] of Map.groupBy(keys, ({ storeId }) => storeId)) {
    const minutes = ofStore.map(({ minuteMs }) => new Date(minuteMs));
    const byMinute = await readByMinute(db, { store, minute: { $in: minutes } });
    for (const key of ofStore) documents.set(key, byMinute.get(key.minuteMs) ?? []);
  }
  return documents;
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
