import { type CurrencyCode, type KpiWindow, type Status } from "@countinghouse/core";
import type { PartitionDocument, StoreDocument } from "./documents.ts";
import { parseMinuteId } from "./minute_id.ts";
import { minuteStatus } from "./minute_status.ts";
import { type MinuteFigures, minuteWindow, type WindowContext, type WindowRules } from "./minute_window.ts";

/** A minute of a store. */
export interface MinuteKey {
  readonly storeId: string;
  readonly minuteMs: number;
}

interface Minute extends MinuteKey {
  /** By partition; undefined for a minute older than memory goes, whose other partitions are not at hand. */
  readonly documents: Map<number, MinuteFigures> | undefined;
  /** As last published. */
  status: Status | undefined;
}

/**
 * The newest documents of the recent minutes, and which of them changed: what turns a change of one document into
 * a whole minute without asking the database. Pure: it is fed, and read.
 *
 * From its floor on it knows every document there is. A change below the floor is only noted.
 */
export class RecentMinutes {
  readonly #rules: WindowRules;
  readonly #minutes = new Map<string, Minute>();
  readonly #partitions = new Map<number, PartitionDocument>();
  readonly #currencies = new Map<string, CurrencyCode>();
  #changed = new Map<string, Minute>();
  #floorMs = Infinity;

  constructor(rules: WindowRules) {
    this.#rules = rules;
  }

  /** How many minutes are held, over all stores. */
  get size(): number {
    return this.#minutes.size;
  }

  /** Forgets everything, and takes up a state read anew: every document from `floorMs` on. All of it is changed. */
  reset(floorMs: number, loaded: Iterable<MinuteFigures>): void {
    this.clear();
    this.#floorMs = floorMs;
    for (const document of loaded) this.adopt(document);
  }

  /** Forgets everything, because it was dropped. */
  clear(): void {
    this.#minutes.clear();
    this.#changed.clear();
    this.#partitions.clear();
    this.#currencies.clear();
  }

  /** Lets go of minutes below a new floor, which never goes down. */
  raiseFloor(floorMs: number): void {
    if (floorMs <= this.#floorMs) return;
    this.#floorMs = floorMs;
    for (const [key, minute] of this.#minutes) if (minute.minuteMs < floorMs) this.#minutes.delete(key);
  }

  /** Takes a document in, unless a newer one is here. */
  adopt(document: MinuteFigures): void {
    const minuteMs = document.minute.getTime();
    const key = keyOf(document.store, minuteMs);
    const minute = this.#minutes.get(key) ?? this.#newMinute(document.store, minuteMs);
    this.#changed.set(key, minute);
    if (minute.documents === undefined) return;
    this.#minutes.set(key, minute);
    const before = minute.documents.get(document.partition);
    if (before === undefined || document.through >= before.through) {
      minute.documents.set(document.partition, document);
    }
  }

  /** Lets go of a document that was deleted: by a rebuild, since the floor is far above what expires. */
  forget(id: string): void {
    const { storeId, minuteMs, partition } = parseMinuteId(id);
    const key = keyOf(storeId, minuteMs);
    const minute = this.#minutes.get(key);
    if (minute?.documents?.delete(partition)) this.#changed.set(key, minute);
  }

  /** Takes in how far a partition is. */
  adoptPartition(partition: PartitionDocument): void {
    this.#partitions.set(partition._id, partition);
  }

  /** Takes in what is known of a store. A currency that is new changes how all its minutes are shown. */
  adoptStore({ _id, first_money }: StoreDocument): void {
    const currency = first_money?.currency as CurrencyCode | undefined;
    if (currency === undefined || this.#currencies.get(_id) === currency) return;
    this.#currencies.set(_id, currency);
    for (const [key, minute] of this.#minutes) if (minute.storeId === _id) this.#changed.set(key, minute);
  }

  /** Notes as changed what has become final only because a partition moved on. */
  reviewStatus(): void {
    const partitions = [...this.#partitions.values()];
    const { allowedLatenessMs } = this.#rules;
    for (const [key, minute] of this.#minutes) {
      if (minute.status !== "provisional" || minute.documents === undefined) continue;
      const documents = [...minute.documents.values()];
      const status = minuteStatus(minute.minuteMs, documents, partitions, allowedLatenessMs);
      if (status !== minute.status) this.#changed.set(key, minute);
    }
  }

  /** Whether {@link RecentMinutes.take} would answer any. */
  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Up to `limit` changed minutes, newest first; they count as unchanged from now on. */
  take(limit: number): readonly MinuteKey[] {
    const newestFirst = [...this.#changed].sort(([, a], [, b]) => b.minuteMs - a.minuteMs);
    this.#changed = new Map(newestFirst.slice(limit));
    return newestFirst.slice(0, limit).map(([, minute]) => minute);
  }

  /** Notes minutes as changed again, because they could not be published. */
  putBack(keys: readonly MinuteKey[]): void {
    for (const { storeId, minuteMs } of keys) {
      const key = keyOf(storeId, minuteMs);
      this.#changed.set(key, this.#minutes.get(key) ?? this.#newMinute(storeId, minuteMs));
    }
  }

  /** Whether memory goes back to this minute. */
  covers({ minuteMs }: MinuteKey): boolean {
    return minuteMs >= this.#floorMs;
  }

  /** A minute as it is now, from memory or, for one that memory doesn't cover, from the documents given. */
  window({ storeId, minuteMs }: MinuteKey, read: readonly MinuteFigures[] = []): KpiWindow {
    const minute = this.#minutes.get(keyOf(storeId, minuteMs));
    const documents = minute?.documents === undefined ? read : [...minute.documents.values()];
    const context: WindowContext = {
      partitions: [...this.#partitions.values()],
      currency: this.#rules.reportingCurrency ?? this.#currencies.get(storeId),
    };
    const window = minuteWindow(storeId, minuteMs, documents, context, this.#rules);
    if (minute !== undefined) minute.status = window.status;
    return window;
  }

  #newMinute(storeId: string, minuteMs: number): Minute {
    const documents = minuteMs >= this.#floorMs ? new Map<number, MinuteFigures>() : undefined;
    return { storeId, minuteMs, documents, status: undefined };
  }
}

function keyOf(storeId: string, minuteMs: number): string {
  return `${minuteMs}/${storeId}`;
}
