import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { DistinctSketch } from "./distinct_sketch.ts";
import type { EventType } from "./event.ts";
import type { EventFacts } from "./event_facts.ts";
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
  /** The append times of the earliest and the latest event in it. */
  readonly firstAppendMs: number;
  readonly lastAppendMs: number;
  /** {@link DistinctSketch} words of its users, for counting them over many minutes. */
  readonly userSketch: Uint32Array;
  /** Stored with closed minutes only: a late event needs them, and an open minute is in memory. */
  readonly members: Members | undefined;
}

/** What a record is to a minute, beside its event. */
export interface Occurrence {
  readonly offset: Offset;
  readonly appendTimeMs: number;
  /** The minute was closed already. */
  readonly closed: boolean;
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
  firstAppendMs = Infinity;
  lastAppendMs = -Infinity;

  /** Counts an event that belongs to this minute. One that the stored state holds already changes nothing. */
  count(event: EventFacts, { offset, appendTimeMs, closed: late, skewed }: Occurrence): void {
    if (this.holds(offset)) return;
    const { counts } = this;
    counts.events++;
    countType(counts, event.type);
    if (late) counts.late_events++;
    if (skewed) counts.skewed_events++;
    if (this.users.add(event.user)) counts.users++;
    if (this.sessions.add(event.member)) counts.sessions++;
    this.latency.record(appendTimeMs - event.eventTimeMs);
    this.#countMoney(event);
    if (late) this.restatements++;
    if (appendTimeMs < this.firstAppendMs) this.firstAppendMs = appendTimeMs;
    if (appendTimeMs > this.lastAppendMs) this.lastAppendMs = appendTimeMs;
    this.touch(offset, appendTimeMs);
  }

  /** The state as a sink stores it. */
  toStored(): StoredMinute {
    return {
      kind: "minute",
      ...this.head,
      rollup: { counts: { ...this.counts }, money: new Map(this.money), latency: this.latency.copy() },
      restatements: this.restatements,
      firstAppendMs: this.firstAppendMs,
      lastAppendMs: this.lastAppendMs,
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
    state.firstAppendMs = stored.firstAppendMs;
    state.lastAppendMs = stored.lastAppendMs;
    return state;
  }

  /** Writes an open minute into a snapshot. */
  write(writer: ByteWriter): void {
    this.writeHead(writer);
    writer.float64(this.firstAppendMs);
    writer.float64(this.lastAppendMs);
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
    state.firstAppendMs = reader.float64();
    state.lastAppendMs = reader.float64();
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

  #countMoney({ type, amount, currency }: EventFacts): void {
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

/** Counters by their written names: a computed name would be looked up for every event. */
function countType(counts: Record<Counter, number>, type: EventType): void {
  switch (type) {
    case "page_view":
      counts.page_views++;
      break;
    case "view_item":
      counts.view_items++;
      break;
    case "search":
      counts.searches++;
      break;
    case "add_to_cart":
      counts.add_to_carts++;
      break;
    case "remove_from_cart":
      counts.remove_from_carts++;
      break;
    case "begin_checkout":
      counts.begin_checkouts++;
      break;
    case "purchase":
      counts.purchases++;
      break;
    case "refund":
      counts.refunds++;
      break;
    case "other":
      counts.other_events++;
  }
}
