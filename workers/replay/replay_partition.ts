import type { Db } from "mongodb";
import { MinuteFold, type MinuteFoldOptions, type Offset } from "@countinghouse/core";
import {
  collections,
  createSnapshotStore,
  holdLease,
  HotSink,
  type LeaseHold,
  type PartitionDocument,
  type StoreDocument,
} from "@countinghouse/hot";
import { type Log, type PartitionRange, pause } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import { assertSameLog, bookDifferences, repairBooks } from "./books.ts";
import { HotWindowDocuments } from "./hot_window_documents.ts";
import { rebuildableFromMs } from "./rebuildable.ts";
import { type Difference, rebuildWindows, type Tally } from "./rebuild_windows.ts";
import { EVERYTHING, type Scope } from "./scope.ts";
import { ShadowFold } from "./shadow_fold.ts";

/** What partitions are replayed with. */
export interface ReplayOptions {
  readonly log: Log;
  readonly topic: string;
  /** The live hot store. */
  readonly database: Db;
  /** A database of its own for the shadow; it is dropped. */
  readonly shadowDatabase: Db;
  /** The workers' own, or the minutes become others. */
  readonly fold: MinuteFoldOptions;
  /** Undefined is everything: the books and the snapshots too. */
  readonly scope: Scope | undefined;
  readonly dryRun: boolean;
  readonly hotRetentionMs: number;
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly onProgress: (partition: number, through: Offset) => void;
  readonly onDifference: (difference: Difference) => void;
}

/** What became of a partition. */
export interface PartitionReplay {
  readonly tally: Tally;
  /** The log says so through here. */
  readonly through: Offset;
  /** Minutes before this were left as they are: the log no longer holds what they are made of. */
  readonly rebuildableFromMs: number;
  /** In what the books differed; undefined where they were not looked at. */
  readonly books: readonly string[] | undefined;
  readonly stores: readonly StoreDocument[];
}

/** The group whose leases the rollup workers share, and under which their snapshots are kept. */
const ROLLUP = "rollup";
/** How long a partition stays away from its worker after a replay was killed. */
export const HOLD_MS = 10_000;
/** Longer than a worker takes from folding an event in to writing everything that it changed. */
const SETTLE_MS = 1_500;
const LOOKS = 2;
const NOTHING: Tally = { compared: 0, changed: 0, missing: 0, surplus: 0, unsettled: 0 };

/**
 * Folds a partition again from the log's start into the shadow database, compares the live documents with it, and
 * repairs what differs.
 *
 * Of an interval, live workers may go on writing. For everything, the partition is taken from them once the shadow
 * has caught up, so that their state is rebuilt too: the documents, the snapshot that the next worker begins
 * with, and the books. Nothing is removed that is right, so readers see their numbers all the time.
 */
export async function replayPartition(
  options: ReplayOptions,
  range: PartitionRange,
  signal: AbortSignal,
): Promise<PartitionReplay> {
  const { log, topic, scope = EVERYTHING, shadowDatabase } = options;
  const fromMs = await rebuildableFromMs(log, topic, range, options.fold, signal);
  const left = { through: range.start, rebuildableFromMs: fromMs, books: undefined, stores: [] };
  await assertSameLog(options.database, range.partition, () => endOf(options, range.partition));
  if (fromMs >= scope.toMs) return { tally: NOTHING, ...left };
  await shadowDatabase.dropDatabase();
  const replay = new Replay(options, range, { ...scope, fromMs: Math.max(scope.fromMs, fromMs) }, signal);
  try {
    const isWhole = options.scope === undefined && fromMs === 0;
    const { tally, books } = isWhole
      ? await replay.whole()
      : { tally: await replay.windows(), books: undefined };
    const stores = await collections(shadowDatabase).stores.find({}).toArray();
    return { tally, books, stores, through: replay.through, rebuildableFromMs: fromMs };
  } finally {
    await replay.close();
    await shadowDatabase.dropDatabase();
  }
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #partition: number;
  readonly #scope: Scope;
  readonly #shadow: ShadowFold;
  readonly #signal: AbortSignal;
  #hold: LeaseHold | undefined;

  constructor(
    options: ReplayOptions,
    { partition, start }: PartitionRange,
    scope: Scope,
    signal: AbortSignal,
  ) {
    const { log, topic, shadowDatabase, fold, nowMs, onProgress } = options;
    this.#options = options;
    this.#partition = partition;
    this.#scope = scope;
    this.#signal = signal;
    const snapshots = createSnapshotStore(shadowDatabase, ROLLUP);
    this.#shadow = new ShadowFold({
      log,
      topic,
      partition,
      fold: new MinuteFold(partition, fold, start),
      sink: new HotSink(shadowDatabase, snapshots, nowMs),
      scope,
      onProgress: (through) => onProgress(partition, through),
    }, signal);
  }

  get through(): Offset {
    return this.#shadow.through;
  }

  async close(): Promise<void> {
    await this.#hold?.release();
    await this.#shadow.close();
  }

  /** Everything of the partition: its documents, its books and, unless this is a dry run, its snapshot. */
  async whole(): Promise<{ tally: Tally; books: readonly string[] }> {
    const { database, shadowDatabase, dryRun, nowMs, logger } = this.#options;
    const partition = this.#partition;
    await this.#shadow.foldTo(await this.#position());
    if (!dryRun) {
      this.#hold = await holdLease(
        { database, group: ROLLUP, partition, ttlMs: HOLD_MS, nowMs },
        this.#signal,
      );
      logger.info("took the partition from its worker", { partition });
    }
    // Books and snapshot are of this offset, also where a document of a worker that was killed goes further.
    const live = await this.#liveBooks();
    await this.#shadow.foldTo(withinLog(live, await this.#end()));
    const right = await collections(shadowDatabase).partitions.findOne({ _id: partition });
    // Nothing was ever in this partition.
    if (right === null) return { tally: await this.windows(), books: [] };
    const snapshot = this.#shadow.snapshot();
    const through = this.#shadow.through;
    const tally = await this.windows();
    const books = bookDifferences(live, right);
    if (!dryRun) {
      await createSnapshotStore(database, ROLLUP).replace(partition, through, snapshot);
      this.#check();
      if (books.length > 0) await repairBooks(database, live, right, await this.#end());
    }
    return { tally, books };
  }

  /** The minutes, cohorts and breakdowns in scope. */
  windows(): Promise<Tally> {
    const { database, shadowDatabase, dryRun, hotRetentionMs, nowMs, onDifference } = this.#options;
    const isHeld = this.#hold !== undefined;
    return rebuildWindows({
      partition: this.#partition,
      scope: this.#scope,
      live: new HotWindowDocuments(database),
      shadow: new HotWindowDocuments(shadowDatabase),
      fold: this.#shadow,
      position: () => this.#position(),
      end: () => this.#end(),
      looks: isHeld ? 1 : LOOKS,
      settle: async () => {
        this.#check();
        if (!isHeld) await pause(SETTLE_MS, this.#signal);
      },
      isExpired: ({ touched }) => touched.getTime() + hotRetentionMs <= nowMs(),
      dryRun,
      tell: onDifference,
    });
  }

  async #position(): Promise<Offset> {
    return withinLog(await this.#liveBooks(), await this.#end());
  }

  async #liveBooks() {
    return await collections(this.#options.database).partitions.findOne({ _id: this.#partition });
  }

  #end(): Promise<Offset> {
    return endOf(this.#options, this.#partition);
  }

  #check(): void {
    this.#signal.throwIfAborted();
    this.#hold?.lost.throwIfAborted();
  }
}

async function endOf({ log, topic }: ReplayOptions, partition: number): Promise<Offset> {
  return (await log.ranges(topic)).find((range) => range.partition === partition)!.end;
}

/** Where a live partition stands; the log's end where it does not say, or says what can't be. */
function withinLog(live: PartitionDocument | null, end: Offset): Offset {
  return Math.min(live?.through ?? end, end) as Offset;
}
