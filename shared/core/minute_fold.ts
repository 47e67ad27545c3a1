import type { StoredBreakdown } from "./breakdown_state.ts";
import { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { Cohort } from "./cohort.ts";
import type { StoredCohort } from "./cohort_state.ts";
import { type DedupOptions, DedupWindow } from "./dedup_window.ts";
import type { EventFacts } from "./event_facts.ts";
import { FactsBatch } from "./facts_batch.ts";
import type { Fold } from "./fold.ts";
import { emptyLedger, type Ledger, LEDGER_ENTRIES } from "./ledger.ts";
import type { LogRecord, RecordBatch } from "./log_record.ts";
import type { Occurrence, StoredMinute } from "./minute_state.ts";
import { MinuteWindows, type StoredWindow } from "./minute_windows.ts";
import type { CurrencyCode } from "./money.ts";
import { after, type Offset, START } from "./offset.ts";
import type { Refusal } from "./refusal.ts";
import { type SessionEvent, SessionTable } from "./session_table.ts";
import { openSnapshot, sealSnapshot } from "./snapshot_seal.ts";
import { StoreKeys } from "./store_keys.ts";
import { type Placement, Watermark, type WatermarkOptions } from "./watermark.ts";
import { minuteStart } from "./window.ts";
import type { ShelfAsk } from "./window_shelf.ts";

/** What a minute fold is told. */
export interface MinuteFoldOptions extends WatermarkOptions {
  readonly dedup: DedupOptions;
  /** A gap of more than this between two events ends a session. */
  readonly sessionTimeoutMs: number;
  /** How many closed minutes stay in memory, in case more late events come for them; 2,000 by default. */
  readonly closedMinutesKept?: number;
}

/** A record that could not be counted, on its way to the dead letters. */
export interface RefusedRecord {
  readonly record: LogRecord;
  readonly refusal: Refusal;
}

/** A store's first money event that this fold has seen. */
export interface FirstMoney {
  readonly store: string;
  readonly appendTimeMs: number;
  readonly currency: CurrencyCode;
}

/** What changed in a partition's minutes since the last take. */
export interface MinuteChange {
  readonly minutes: readonly StoredMinute[];
  /** Empty, as the breakdowns, unless the take was a whole one. */
  readonly cohorts: readonly StoredCohort[];
  readonly breakdowns: readonly StoredBreakdown[];
  readonly refused: readonly RefusedRecord[];
  readonly firstMoney: readonly FirstMoney[];
  readonly ledger: Readonly<Ledger>;
  /** Undefined before the first event. */
  readonly watermarkMs: number | undefined;
  /** The append time of the newest record folded in; undefined before the first. */
  readonly newestAppendMs: number | undefined;
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };
/** A record where it belongs, as everything that counts it wants to know it. */
type Counting = Writable<ShelfAsk & Occurrence & SessionEvent>;

/** Raised when the layout of a snapshot changes; an older one is then skipped. */
const SNAPSHOT_VERSION = 9;
const CLOSED_MINUTES_KEPT = 2_000;

/**
 * Rolls the events of one partition up per store and minute: exact counts, money, distinct users and sessions,
 * funnel cohorts, breakdowns; duplicates left out, late and skewed events put where they belong.
 */
export class MinuteFold implements Fold<MinuteChange, StoredWindow> {
  readonly #partition: number;
  readonly #dedup: DedupWindow;
  readonly #watermark: Watermark;
  readonly #sessions: SessionTable;
  readonly #windows: MinuteWindows;
  readonly #ledger = emptyLedger();
  readonly #storesWithMoney = new Set<string>();
  #through: Offset;
  #newestAppendMs: number | undefined;
  #refused: RefusedRecord[] = [];
  #firstMoney: FirstMoney[] = [];
  readonly #facts = new FactsBatch();
  readonly #keys = new StoreKeys();
  #letGoDue = false;
  /** The record that is being counted, and what is asked for on its behalf: registers, filled anew for each. */
  readonly #now: Counting = {
    store: "",
    type: "other",
    minuteMs: NaN,
    timeMs: NaN,
    closed: false,
    skewed: false,
    offset: START,
    appendTimeMs: NaN,
  };
  readonly #cohortAsk: Writable<ShelfAsk> = {
    store: "",
    minuteMs: NaN,
    closed: false,
    offset: START,
    appendTimeMs: NaN,
  };

  /** @param from Where the fold begins when it takes up no snapshot. */
  constructor(partition: number, options: MinuteFoldOptions, from: Offset = START) {
    const { sessionTimeoutMs, allowedLatenessMs, closedMinutesKept = CLOSED_MINUTES_KEPT } = options;
    this.#partition = partition;
    this.#through = from;
    this.#dedup = new DedupWindow(options.dedup);
    this.#watermark = new Watermark(options);
    this.#sessions = new SessionTable({ timeoutMs: sessionTimeoutMs, allowedLatenessMs });
    this.#windows = new MinuteWindows(partition, closedMinutesKept);
  }

  get through(): Offset {
    return this.#through;
  }

  /** What is in memory, for the figures that a worker reports about itself. */
  get held(): MinuteWindows["size"] & { readonly sessions: number; readonly ids: number } {
    return { ...this.#windows.size, sessions: this.#sessions.size, ids: this.#dedup.size };
  }

  needs(batch: RecordBatch): readonly string[] {
    if (this.#letGoDue) {
      this.#letGoDue = false;
      this.#windows.letGo(this.#minutesOfSessions());
    }
    const keys = new Set<string>();
    const ahead = this.#watermark.copy();
    this.#facts.read(batch);
    for (let at = 0; at < batch.records.length; at++) {
      if (this.#facts.refusal(at) !== undefined) continue;
      const { eventTimeMs, storeId } = this.#facts.facts(at);
      const { late, archived, minuteMs } = ahead.place(eventTimeMs, batch.records[at]!.appendTimeMs);
      if (!late || archived) continue;
      for (const key of this.#windows.missing(storeId, minuteMs)) keys.add(key);
    }
    return [...keys];
  }

  load(stored: ReadonlyMap<string, StoredWindow>): void {
    for (const window of stored.values()) {
      // An open one was written by an earlier run that had come further; this one makes it again from the log.
      if (window.closed) this.#windows.put(window);
    }
  }

  apply(batch: RecordBatch): void {
    this.#facts.read(batch);
    for (let at = 0; at < batch.records.length; at++) {
      const record = batch.records[at]!;
      if (record.offset < this.#through) continue;
      const refusal = this.#facts.refusal(at);
      if (refusal === undefined) this.#take(record, this.#facts.facts(at));
      else this.#refuse(record, refusal);
      this.#through = after(record.offset);
    }
    this.#facts.done();
    if (batch.through > this.#through) this.#through = batch.through;
  }

  take(whole: boolean): MinuteChange {
    const change: MinuteChange = {
      minutes: this.#windows.takeMinutes(),
      cohorts: whole ? this.#windows.takeCohorts() : [],
      breakdowns: whole ? this.#windows.takeBreakdowns() : [],
      refused: this.#refused,
      firstMoney: this.#firstMoney,
      ledger: { ...this.#ledger },
      watermarkMs: this.#watermark.atMs,
      newestAppendMs: this.#newestAppendMs,
    };
    this.#refused = [];
    this.#firstMoney = [];
    return change;
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter();
    writer.uint32(this.#partition);
    writer.float64(this.#through);
    writer.float64(this.#newestAppendMs ?? NaN);
    for (const entry of LEDGER_ENTRIES) writer.float64(this.#ledger[entry]);
    writer.uint32(this.#storesWithMoney.size);
    for (const store of this.#storesWithMoney) writer.text(store);
    this.#watermark.write(writer);
    this.#dedup.write(writer);
    this.#sessions.write(writer);
    this.#windows.write(writer, this.#minutesOfSessions());
    return sealSnapshot(SNAPSHOT_VERSION, writer.bytes());
  }

  restore(snapshot: Uint8Array): boolean {
    const payload = openSnapshot(SNAPSHOT_VERSION, snapshot);
    if (payload === undefined) return false;
    const reader = new ByteReader(payload);
    if (reader.uint32() !== this.#partition) return false;
    this.#through = reader.float64() as Offset;
    const newestAppendMs = reader.float64();
    this.#newestAppendMs = Number.isNaN(newestAppendMs) ? undefined : newestAppendMs;
    for (const entry of LEDGER_ENTRIES) this.#ledger[entry] = reader.float64();
    for (let left = reader.uint32(); left > 0; left--) this.#storesWithMoney.add(reader.text());
    this.#watermark.read(reader);
    this.#dedup.read(reader);
    this.#sessions.read(reader);
    this.#windows.read(reader);
    return true;
  }

  #refuse(record: LogRecord, refusal: Refusal): void {
    this.#ledger.read++;
    this.#passTime(record.appendTimeMs);
    this.#ledger.deadLettered++;
    this.#refused.push({ record, refusal });
  }

  #take(record: LogRecord, facts: EventFacts): void {
    this.#ledger.read++;
    this.#passTime(record.appendTimeMs);
    if (!this.#isNew(facts, record.appendTimeMs)) {
      this.#ledger.duplicates++;
      return;
    }
    const placed = this.#watermark.place(facts.eventTimeMs, record.appendTimeMs);
    if (placed.advanced) this.#closePassed(record);
    this.#ledger.counted++;
    if (placed.late) this.#ledger.late++;
    if (placed.skewed) this.#ledger.skewed++;
    if (placed.archived) this.#ledger.archived++;
    else this.#count(facts, placed, record);
    this.#noteMoney(facts, record.appendTimeMs);
  }

  #count(facts: EventFacts, placed: Placement, { offset, appendTimeMs }: LogRecord): void {
    const now = this.#now;
    now.store = facts.storeId;
    now.type = facts.type;
    now.minuteMs = placed.minuteMs;
    now.timeMs = placed.timeMs;
    now.closed = placed.late;
    now.skewed = placed.skewed;
    now.offset = offset;
    now.appendTimeMs = appendTimeMs;
    this.#windows.minute(now).count(facts, now);
    this.#windows.breakdown(now).count(facts, offset, appendTimeMs);
    this.#sessions.observe(this.#keys.session(now.store, facts.member), now, this.#cohortOf);
  }

  /** The cohort of a minute of the store whose record is being counted, to be changed by that record. */
  readonly #cohortOf = (minuteMs: number): Cohort => {
    const { store, offset, appendTimeMs } = this.#now;
    const ask = this.#cohortAsk;
    ask.store = store;
    ask.minuteMs = minuteMs;
    ask.closed = this.#watermark.hasPassed(minuteMs);
    ask.offset = offset;
    ask.appendTimeMs = appendTimeMs;
    return this.#windows.cohort(ask).changedBy(offset, appendTimeMs);
  };

  /** Once a minute of append time, lets go of what is over. */
  #passTime(appendTimeMs: number): void {
    const before = this.#newestAppendMs;
    this.#newestAppendMs = appendTimeMs;
    if (before === undefined || minuteStart(appendTimeMs) === minuteStart(before)) return;
    this.#sessions.expire(this.#watermark.atMs ?? Number.NEGATIVE_INFINITY, appendTimeMs);
    // Not now: what this batch needs was looked up before it was applied.
    this.#letGoDue = true;
  }

  #minutesOfSessions(): ReadonlySet<number> {
    return new Set(this.#sessions.minutes());
  }

  /** Whether neither the event nor, for a purchase, its order was seen before. */
  #isNew({ storeId, type, event, order, ordered }: EventFacts, appendTimeMs: number): boolean {
    if (!this.#dedup.add(this.#keys.event(storeId, event), appendTimeMs)) return false;
    if (type !== "purchase" || !ordered) return true;
    return this.#dedup.add(this.#keys.order(storeId, order), appendTimeMs);
  }

  #noteMoney({ amount, currency, storeId }: EventFacts, appendTimeMs: number): void {
    if (amount === undefined || currency === undefined || this.#storesWithMoney.has(storeId)) return;
    this.#storesWithMoney.add(storeId);
    this.#firstMoney.push({ store: storeId, appendTimeMs, currency });
  }

  #closePassed({ offset, appendTimeMs }: LogRecord): void {
    this.#windows.closePassed((minuteMs) => this.#watermark.hasPassed(minuteMs), offset, appendTimeMs);
  }
}
