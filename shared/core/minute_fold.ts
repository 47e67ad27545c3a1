import { ByteReader, ByteWriter } from "./byte_codec.ts";
import { decodeEvent } from "./decode_event.ts";
import { type DedupOptions, DedupWindow } from "./dedup_window.ts";
import type { ShopEvent } from "./event.ts";
import type { Fold } from "./fold.ts";
import { Hash64 } from "./hash64.ts";
import { emptyLedger, type Ledger, LEDGER_ENTRIES } from "./ledger.ts";
import type { LogRecord, RecordBatch } from "./log_record.ts";
import { minuteId, MinuteState, type StoredMinute } from "./minute_state.ts";
import type { CurrencyCode } from "./money.ts";
import { after, type Offset, START } from "./offset.ts";
import type { Decoded, Refusal } from "./refusal.ts";
import { openSnapshot, sealSnapshot } from "./snapshot_seal.ts";
import { Watermark, type WatermarkOptions } from "./watermark.ts";

/** What a minute fold is told. */
export interface MinuteFoldOptions extends WatermarkOptions {
  readonly dedup: DedupOptions;
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
  readonly refused: readonly RefusedRecord[];
  readonly firstMoney: readonly FirstMoney[];
  readonly ledger: Readonly<Ledger>;
  /** Undefined before the first event. */
  readonly watermarkMs: number | undefined;
  /** The append time of the newest record folded in; undefined before the first. */
  readonly newestAppendMs: number | undefined;
}

/** Raised when the layout of a snapshot changes; an older one is then skipped. */
const SNAPSHOT_VERSION = 1;
const CLOSED_MINUTES_KEPT = 2_000;

const hash = new Hash64();

/**
 * Rolls the events of one partition up per store and minute: exact counts, money, distinct users and sessions,
 * duplicates left out, late and skewed events put where they belong.
 */
export class MinuteFold implements Fold<MinuteChange, StoredMinute> {
  readonly #partition: number;
  readonly #closedKept: number;
  readonly #dedup: DedupWindow;
  readonly #watermark: Watermark;
  readonly #ledger = emptyLedger();
  /** store -> minute -> state, for minutes that the watermark has not passed. */
  readonly #open = new Map<string, Map<number, MinuteState>>();
  /** Minutes that it has passed, by id, the least recently used first. */
  readonly #closed = new Map<string, MinuteState>();
  readonly #storesWithMoney = new Set<string>();
  #through = START;
  #newestAppendMs: number | undefined;
  #refused: RefusedRecord[] = [];
  #firstMoney: FirstMoney[] = [];
  #decoded: { batch: RecordBatch; events: Decoded<ShopEvent>[] } | undefined;

  constructor(partition: number, options: MinuteFoldOptions) {
    this.#partition = partition;
    this.#closedKept = options.closedMinutesKept ?? CLOSED_MINUTES_KEPT;
    this.#dedup = new DedupWindow(options.dedup);
    this.#watermark = new Watermark(options);
  }

  get through(): Offset {
    return this.#through;
  }

  /** Minutes and ids in memory, for the figures that a worker reports about itself. */
  get held(): { readonly openMinutes: number; readonly closedMinutes: number; readonly ids: number } {
    let openMinutes = 0;
    for (const minutes of this.#open.values()) openMinutes += minutes.size;
    return { openMinutes, closedMinutes: this.#closed.size, ids: this.#dedup.size };
  }

  needs(batch: RecordBatch): readonly string[] {
    this.#letGoOfClosed();
    const keys = new Set<string>();
    const ahead = this.#watermark.copy();
    const events = this.#decode(batch);
    for (let at = 0; at < events.length; at++) {
      const decoded = events[at]!;
      if (!decoded.ok) continue;
      const event = decoded.value;
      const placed = ahead.place(event.eventTimeMs, batch.records[at]!.appendTimeMs);
      if (placed.late && !this.#holds(event.storeId, placed.minuteMs)) {
        keys.add(minuteId(placed.minuteMs, this.#partition, event.storeId));
      }
    }
    return [...keys];
  }

  load(stored: ReadonlyMap<string, StoredMinute>): void {
    for (const [id, minute] of stored) {
      // An open one was written by an earlier run that had come further; this one makes it again from the log.
      if (minute.closed) this.#closed.set(id, MinuteState.fromStored(minute));
    }
  }

  apply(batch: RecordBatch): void {
    const events = this.#decode(batch);
    this.#decoded = undefined;
    for (let at = 0; at < events.length; at++) {
      const record = batch.records[at]!;
      if (record.offset < this.#through) continue;
      this.#take(record, events[at]!);
      this.#through = after(record.offset);
    }
    if (batch.through > this.#through) this.#through = batch.through;
  }

  take(): MinuteChange {
    const minutes: StoredMinute[] = [];
    const collect = (state: MinuteState) => {
      if (!state.changed) return;
      state.changed = false;
      minutes.push(state.toStored());
    };
    for (const ofStore of this.#open.values()) ofStore.forEach(collect);
    this.#closed.forEach(collect);
    const change: MinuteChange = {
      minutes,
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
    this.#watermark.write(writer);
    this.#dedup.write(writer);
    const open = [...this.#open.values()].flatMap((minutes) => [...minutes.values()]);
    writer.uint32(open.length);
    for (const state of open) state.write(writer);
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
    this.#watermark.read(reader);
    this.#dedup.read(reader);
    for (let left = reader.uint32(); left > 0; left--) {
      const state = MinuteState.read(reader, this.#partition);
      this.#minutesOf(state.store).set(state.minuteMs, state);
    }
    return true;
  }

  #take(record: LogRecord, decoded: Decoded<ShopEvent>): void {
    const { offset, appendTimeMs } = record;
    this.#ledger.read++;
    this.#newestAppendMs = appendTimeMs;
    if (!decoded.ok) {
      this.#ledger.deadLettered++;
      this.#refused.push({ record, refusal: decoded.refusal });
      return;
    }
    const event = decoded.value;
    if (!this.#isNew(event, appendTimeMs)) {
      this.#ledger.duplicates++;
      return;
    }
    const placed = this.#watermark.place(event.eventTimeMs, appendTimeMs);
    this.#ledger.counted++;
    if (placed.late) this.#ledger.late++;
    if (placed.skewed) this.#ledger.skewed++;
    const state = placed.late
      ? this.#closedMinute(event.storeId, placed.minuteMs)
      : this.#openMinute(event.storeId, placed.minuteMs);
    state.count(event, { offset, appendTimeMs, late: placed.late, skewed: placed.skewed });
    this.#noteMoney(event, appendTimeMs);
    if (placed.advanced) this.#closePassed(offset, appendTimeMs);
  }

  /** Whether neither the event nor, for a purchase, its order was seen before. */
  #isNew(event: ShopEvent, appendTimeMs: number): boolean {
    if (!this.#dedup.add(hash.of(event.storeId, "event", event.eventId), appendTimeMs)) return false;
    if (event.type !== "purchase" || event.orderId === undefined) return true;
    return this.#dedup.add(hash.of(event.storeId, "order", event.orderId), appendTimeMs);
  }

  #noteMoney({ amount, currency, storeId }: ShopEvent, appendTimeMs: number): void {
    if (amount === undefined || currency === undefined || this.#storesWithMoney.has(storeId)) return;
    this.#storesWithMoney.add(storeId);
    this.#firstMoney.push({ store: storeId, appendTimeMs, currency });
  }

  #minutesOf(store: string): Map<number, MinuteState> {
    let minutes = this.#open.get(store);
    if (minutes === undefined) this.#open.set(store, minutes = new Map());
    return minutes;
  }

  #openMinute(store: string, minuteMs: number): MinuteState {
    const minutes = this.#minutesOf(store);
    let state = minutes.get(minuteMs);
    if (state === undefined) {
      state = new MinuteState(minuteId(minuteMs, this.#partition, store), store, minuteMs);
      minutes.set(minuteMs, state);
    }
    return state;
  }

  #closedMinute(store: string, minuteMs: number): MinuteState {
    const id = minuteId(minuteMs, this.#partition, store);
    let state = this.#closed.get(id);
    if (state === undefined) {
      state = new MinuteState(id, store, minuteMs);
      state.closed = true;
    } else {
      this.#closed.delete(id);
    }
    this.#closed.set(id, state);
    return state;
  }

  #closePassed(offset: Offset, appendTimeMs: number): void {
    for (const [store, minutes] of this.#open) {
      for (const [minuteMs, state] of minutes) {
        if (!this.#watermark.hasPassed(minuteMs)) continue;
        state.close(offset, appendTimeMs);
        minutes.delete(minuteMs);
        this.#closed.set(state.id, state);
      }
      if (minutes.size === 0) this.#open.delete(store);
    }
  }

  #letGoOfClosed(): void {
    let surplus = this.#closed.size - this.#closedKept;
    for (const [id, state] of this.#closed) {
      if (surplus <= 0) return;
      if (state.changed) continue;
      this.#closed.delete(id);
      surplus--;
    }
  }

  #holds(store: string, minuteMs: number): boolean {
    return this.#open.get(store)?.has(minuteMs) === true ||
      this.#closed.has(minuteId(minuteMs, this.#partition, store));
  }

  #decode(batch: RecordBatch): Decoded<ShopEvent>[] {
    if (this.#decoded?.batch === batch) return this.#decoded.events;
    const events = batch.records.map((record) => decodeEvent(record.value));
    this.#decoded = { batch, events };
    return events;
  }
}
