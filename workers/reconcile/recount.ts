import {
  addMoney,
  type Counter,
  type CurrencyCode,
  type EventType,
  LatencyHistogram,
  type MinorUnits,
  type MoneyTotals,
  type Rollup,
  zeroCounts,
} from "@countinghouse/core";
import type { EventRecord } from "./event_record.ts";

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

const NONE = 0 as MinorUnits;

/** By partition the offset of the record that closed the minute; what comes behind it is late. */
export type Closings = ReadonlyMap<number, number>;

/** Whether an event came to a minute that was closed. */
export function isLate({ partition, offset }: EventRecord, closings: Closings): boolean {
  return offset > (closings.get(partition) ?? Infinity);
}

/** Whether an event was stamped so far ahead that it counts at its append time. */
export function isSkewed(
  { eventTimeMs, countedTimeMs }: Pick<EventRecord, "eventTimeMs" | "countedTimeMs">,
): boolean {
  return countedTimeMs !== eventTimeMs;
}

/**
 * A minute that is being counted, by sets and sums. It shares no code with the rollup worker's fold, so that the two
 * agree only by both being right.
 */
export class MinuteRecount {
  readonly #counts = zeroCounts();
  readonly #money = new Map<CurrencyCode, MoneyTotals>();
  readonly #latency = LatencyHistogram.empty();
  readonly #users = new Set<string>();
  readonly #sessions = new Set<string>();

  /** Counts an event. */
  add(record: CountedRecord, late: boolean): void {
    const { type, userId, sessionId, amount, currency, appendTimeMs, eventTimeMs } = record;
    this.#counts.events++;
    this.#counts[COUNTER_OF[type]]++;
    if (late) this.#counts.late_events++;
    if (isSkewed(record)) this.#counts.skewed_events++;
    this.#users.add(userId);
    this.#sessions.add(JSON.stringify([userId, sessionId]));
    this.#latency.record(appendTimeMs - eventTimeMs);
    if (amount === undefined || currency === undefined) return;
    if (type !== "purchase" && type !== "refund") return;
    const totals = type === "purchase" ? { gross: amount, refunds: NONE } : { gross: NONE, refunds: amount };
    const before = this.#money.get(currency);
    this.#money.set(currency, before === undefined ? totals : addMoney(before, totals));
  }

  /** What it comes to so far. */
  rollup(): Rollup {
    const counts = { ...this.#counts, users: this.#users.size, sessions: this.#sessions.size };
    return { counts, money: new Map(this.#money), latency: this.#latency.copy() };
  }
}

/** What of a record is counted. */
export type CountedRecord = Omit<EventRecord, "partition" | "offset" | "eventId" | "orderId">;

/** The rollup of a minute's records. */
export function recount(records: readonly EventRecord[], closings: Closings): Rollup {
  const minute = new MinuteRecount();
  for (const record of records) minute.add(record, isLate(record, closings));
  return minute.rollup();
}
