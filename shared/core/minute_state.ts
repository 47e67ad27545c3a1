import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { DistinctSketch } from "./distinct_sketch.ts";
import type { EventType, ShopEvent } from "./event.ts";
import { Hash64 } from "./hash64.ts";
import { HashSet64 } from "./hash_set.ts";
import { LatencyHistogram } from "./latency_histogram.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";
import type { Offset } from "./offset.ts";
import { type Counter, COUNTERS, type MoneyTotals, type Rollup, zeroCounts } from "./rollup.ts";
import { readKey, type StoredHead, WindowState } from "./window_state.ts";

/** The distinct users and sessions of a minute as sorted 64-bit hashes ({@link HashSet64.toWords}). */
export interface Members {
  readonly users: Uint32Array;
  readonly sessions: Uint32Array;
}

/** One store's minute in one partition, as a sink stores it. */
export interface StoredMinute extends StoredHead {
  readonly kind: "minute";
  readonly rollup: Rollup;
  readonly restatements: number;
  /** {@link DistinctSketch} words of its users, for counting them over many minutes. */
  readonly userSketch: Uint32Array;
  /** Stored with closed minutes only: a late event needs them, and an open minute is in memory. */
  readonly members: Members | undefined;
}

const COUNTER_OF: Readonly<Record<EventType, Counter>> = {
  page_view: "page_views",
  view_item: "view_items",
  search: "searches",
  add_to_cart: "add_to_carts",
  remove_from_cart: "remove_from_carts",
  begin_checkout: "begin_checkouts",
  purchase: "purchases",
  refund: "refunds",
  other: "other_events",
};

const hash = new Hash64();

/** What a record is to a minute, beside its event. */
export interface Occurrence {
  readonly offset: Offset;
  readonly appendTimeMs: number;
  readonly late: boolean;
  readonly skewed: boolean;
}

/** The state of one store's minute in one partition, which takes events in. */
export class MinuteState extends WindowState {
  readonly counts = zeroCounts();
  readonly money = new Map<CurrencyCode, MoneyTotals>();
  latency = LatencyHistogram.empty();
  users = new HashSet64();
  sessions = new HashSet64();
  restatements = 0;

  /** Counts an event that belongs to this minute. One that the stored state holds already changes nothing. */
  count(event: ShopEvent, { offset, appendTimeMs, late, skewed }: Occurrence): void {
    if (this.holds(offset)) return;
    const { counts } = this;
    counts.events++;
    counts[COUNTER_OF[event.type]]++;
    if (late) counts.late_events++;
    if (skewed) counts.skewed_events++;
    if (this.users.add(hash.of(event.userId))) counts.users++;
    if (this.sessions.add(hash.of(event.userId, event.sessionId))) counts.sessions++;
    this.latency.record(appendTimeMs - event.eventTimeMs);
    this.#countMoney(event);
    if (late) this.restatements++;
    this.touch(offset, appendTimeMs);
  }

  /** The state as a sink stores it. */
  toStored(): StoredMinute {
    return {
      kind: "minute",
      ...this.head,
      rollup: { counts: { ...this.counts }, money: new Map(this.money), latency: this.latency.copy() },
      restatements: this.restatements,
      userSketch: DistinctSketch.of(this.users.unsorted()).toWords(),
      members: this.closed ? { users: this.users.toWords(), sessions: this.sessions.toWords() } : undefined,
    };
  }

  /**
   * Takes a stored closed minute up again.
   *
   * @throws {Error} when it has no members: what is stored is not a closed minute.
   */
  static fromStored(stored: StoredMinute): MinuteState {
    if (stored.members === undefined) {
      throw new Error(`Cannot take up the stored minute ${stored.id}: it holds no members`);
    }
    const state = new MinuteState(stored.id, stored.store, stored.minuteMs);
    Object.assign(state.counts, stored.rollup.counts);
    for (const [currency, totals] of stored.rollup.money) state.money.set(currency, totals);
    state.latency = stored.rollup.latency.copy();
    state.users = HashSet64.fromWords(stored.members.users);
    state.sessions = HashSet64.fromWords(stored.members.sessions);
    state.takeUp(stored);
    state.restatements = stored.restatements;
    return state;
  }

  /** Writes an open minute into a snapshot. */
  write(writer: ByteWriter): void {
    this.writeHead(writer);
    for (const name of COUNTERS) writer.float64(this.counts[name]);
    writer.uint32(this.money.size);
    for (const [currency, { gross, refunds }] of this.money) {
      writer.text(currency);
      writer.float64(gross);
      writer.float64(refunds);
    }
    writer.words(this.latency.toWords());
    writer.words(this.users.toWords());
    writer.words(this.sessions.toWords());
  }

  /** Reads {@link MinuteState.write} back. */
  static read(reader: ByteReader, partition: number): MinuteState {
    const state = new MinuteState(...readKey(reader, partition));
    state.readHead(reader);
    for (const name of COUNTERS) state.counts[name] = reader.float64();
    for (let left = reader.uint32(); left > 0; left--) {
      const currency = reader.text() as CurrencyCode;
      const gross = reader.float64() as MinorUnits;
      const refunds = reader.float64() as MinorUnits;
      state.money.set(currency, { gross, refunds });
    }
    state.latency = LatencyHistogram.fromWords(reader.words());
    state.users = HashSet64.fromWords(reader.words());
    state.sessions = HashSet64.fromWords(reader.words());
    return state;
  }

  #countMoney({ type, amount, currency }: ShopEvent): void {
    if (amount === undefined || currency === undefined) return;
    if (type !== "purchase" && type !== "refund") return;
    const { gross, refunds } = this.money.get(currency) ?? NOTHING;
    this.money.set(
      currency,
      type === "purchase"
        ? { gross: (gross + amount) as MinorUnits, refunds }
        : { gross, refunds: (refunds + amount) as MinorUnits },
    );
  }
}

const NOTHING: MoneyTotals = { gross: 0 as MinorUnits, refunds: 0 as MinorUnits };
