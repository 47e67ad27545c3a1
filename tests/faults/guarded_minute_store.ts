import { BSON } from "mongodb";
import {
  balances,
  type Ledger,
  type MinuteChange,
  type Offset,
  START,
  type StoredWindow,
  windowKey,
} from "@countinghouse/core";
import {
  type BreakdownDocument,
  type CohortDocument,
  fromStoredBreakdown,
  fromStoredCohort,
  fromStoredMinute,
  inlineMembers,
  type MinuteDocument,
  toStoredBreakdown,
  toStoredCohort,
  toStoredMinute,
} from "@countinghouse/hot";
import type { SinkBatch } from "@countinghouse/log";
import type { Faults } from "./fault.ts";

/** Any document that is guarded by the offset it goes through. */
export type WindowDocument = MinuteDocument | CohortDocument | BreakdownDocument;

/** A document as the database holds it. */
interface Kept {
  readonly through: number;
  readonly bytes: Uint8Array;
  /** How many events a minute holds; 0 for other documents. */
  readonly events: number;
}

/** The partition's document, less what tells of the worker's clock. */
export interface Books {
  readonly through: Offset;
  readonly end: number;
  readonly watermarkMs: number | undefined;
  readonly ledger: Readonly<Ledger>;
}

/** The first money of a store. */
export interface FirstMoneyDocument {
  readonly atMs: number;
  readonly currency: string;
}

/** What a write meets on its way. */
export type WriteFaults = Pick<Faults, "pass" | "onStale">;

/**
 * The minute store in memory, with the semantics of the MongoDB one (shared/hot/hot_sink.ts): a document is replaced
 * only by one that goes further, the books come last, and documents are kept as their BSON, so that "the same" means
 * the same bytes. Any number of workers write to it at the same time.
 */
export class GuardedMinuteStore {
  /** By {@link windowKey}. */
  readonly documents = new Map<string, Kept>();
  readonly books = new Map<number, Books>();
  readonly firstMoney = new Map<string, FirstMoneyDocument>();
  /** What must never be seen, not even for a moment. */
  readonly violations: string[] = [];
  /** Events in the minutes of each partition. */
  readonly #events = new Map<number, number>();

  /** Stores a batch, document by document. */
  async write(batch: SinkBatch<MinuteChange>, faults: WriteFaults): Promise<void> {
    const { partition, through, end, change } = batch;
    await faults.pass("before the minutes");
    const windows = [...change.minutes, ...change.cohorts, ...change.breakdowns];
    for (const [at, window] of windows.entries()) {
      if (at === windows.length >> 1) await faults.pass("among the minutes");
      this.#replaceOlder(window, partition, faults);
    }
    for (const { store, appendTimeMs, currency } of change.firstMoney) {
      this.#keepFirst(store, { atMs: appendTimeMs, currency });
    }
    await faults.pass("before the books");
    const { ledger, watermarkMs } = change;
    this.#keepBooks(partition, { through, end: Math.max(end, through), watermarkMs, ledger }, faults);
    await faults.pass("after the books");
  }

  /** The documents with these keys, for a fold. */
  load(keys: readonly string[]): ReadonlyMap<string, StoredWindow> {
    return new Map(keys.flatMap((key) => {
      const kept = this.documents.get(key);
      return kept === undefined ? [] : [[key, decode(key, kept.bytes)] as const];
    }));
  }

  /** Where the partition is. */
  position(partition: number): Offset {
    return this.books.get(partition)?.through ?? START;
  }

  /** A document with this key. */
  document(key: string): WindowDocument | undefined {
    const kept = this.documents.get(key);
    return kept && BSON.deserialize(kept.bytes) as WindowDocument;
  }

  /** Whether a document that goes through `offered` is refused where one is that goes through `there`. */
  protected refuses(there: number, offered: number): boolean {
    return offered <= there;
  }

  #replaceOlder(window: StoredWindow, partition: number, faults: WriteFaults): void {
    const key = windowKey(window.kind, window.id);
    const there = this.documents.get(key);
    if (there !== undefined && this.refuses(there.through, window.through)) {
      if (window.through < there.through) faults.onStale();
      return;
    }
    const events = window.kind === "minute" ? window.rollup.counts.events : 0;
    const added = events - (there?.events ?? 0);
    this.#events.set(partition, (this.#events.get(partition) ?? 0) + added);
    const bytes = BSON.serialize(encode(window, partition));
    this.documents.set(key, { through: window.through, bytes, events });
  }

  /** As MongoDB's `$min` on { at, currency }. */
  #keepFirst(store: string, offered: FirstMoneyDocument): void {
    const there = this.firstMoney.get(store);
    const isLess = there === undefined || offered.atMs < there.atMs ||
      (offered.atMs === there.atMs && offered.currency < there.currency);
    if (isLess) this.firstMoney.set(store, offered);
  }

  #keepBooks(partition: number, books: Books, faults: WriteFaults): void {
    const there = this.books.get(partition);
    if (there !== undefined && books.through < there.through) return faults.onStale();
    this.books.set(partition, books);
    const { read, counted } = books.ledger;
    const events = this.#events.get(partition) ?? 0;
    const violate = (what: string) =>
      this.violations.push(`partition ${partition} at ${books.through}: ${what}`);
    if (!balances(books.ledger)) violate("the books do not balance");
    if (read !== books.through) violate(`the books say that ${read} records were read`);
    if (counted > events) violate(`the books count ${counted} events, the minutes hold ${events}`);
  }
}

function encode(window: StoredWindow, partition: number): WindowDocument {
  switch (window.kind) {
    case "minute":
      return fromStoredMinute(window, partition);
    case "cohort":
      return fromStoredCohort(window, partition);
    case "breakdown":
      return fromStoredBreakdown(window, partition);
  }
}

function decode(key: string, bytes: Uint8Array): StoredWindow {
  const document = BSON.deserialize(bytes);
  const kind = key.slice(0, key.indexOf("/")) as StoredWindow["kind"];
  switch (kind) {
    case "minute":
      return toStoredMinute(document as MinuteDocument, inlineMembers(document as MinuteDocument));
    case "cohort":
      return toStoredCohort(document as CohortDocument);
    case "breakdown":
      return toStoredBreakdown(document as BreakdownDocument);
  }
}
