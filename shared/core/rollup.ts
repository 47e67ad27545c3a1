import type { CurrencyCode, MinorUnits } from "./money.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** What a minute counts. `sessions` and `users` are distinct ones; the rest are events. */
export const COUNTERS = [
  "events",
  "page_views",
  "view_items",
  "searches",
  "add_to_carts",
  "remove_from_carts",
  "begin_checkouts",
  "purchases",
  "refunds",
  "other_events",
  "late_events",
  "skewed_events",
  "sessions",
  "users",
] as const;

/** One of {@link COUNTERS}. */
export type Counter = typeof COUNTERS[number];

/** Money taken and given back in one currency, both positive. Revenue is gross - refunds. */
export interface MoneyTotals {
  readonly gross: MinorUnits;
  readonly refunds: MinorUnits;
}

/**
 * The totals of a window. With {@link emptyRollup} and {@link merge} it is a commutative monoid, so the partitions
 * of a minute, or the minutes of an hour, can be added up in any order and grouping.
 *
 * Distinct sessions and users add up because a user's events share a partition; over several minutes they don't,
 * and there the sum is of minute figures, not of people.
 */
export interface Rollup {
  readonly counts: Readonly<Record<Counter, number>>;
  readonly money: ReadonlyMap<CurrencyCode, MoneyTotals>;
  /** Event time to append time, in milliseconds. */
  readonly latency: LatencyHistogram;
}

/** The rollup of no event: the neutral element of {@link merge}. */
export function emptyRollup(): Rollup {
  return { counts: zeroCounts(), money: new Map(), latency: LatencyHistogram.empty() };
}

/** All counters at zero. */
export function zeroCounts(): Record<Counter, number> {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
}

/** Adds two rollups; neither is changed. */
export function merge(a: Rollup, b: Rollup): Rollup {
  const counts = zeroCounts();
  for (const name of COUNTERS) counts[name] = a.counts[name] + b.counts[name];
  const money = new Map(a.money);
  for (const [currency, totals] of b.money) {
    const before = money.get(currency);
    money.set(currency, before === undefined ? totals : addMoney(before, totals));
  }
  return { counts, money, latency: a.latency.merge(b.latency) };
}

/**
 * What has to be merged with `b` to make `a`: `merge(b, subtract(a, b))` is `a`. Its figures may be below zero, so it
 * is good for merging and storing, not for showing. Currencies in which the two are equal are left out; one that only
 * `b` has stays in the merged rollup, at zero.
 */
export function subtract(a: Rollup, b: Rollup): Rollup {
  const counts = zeroCounts();
  for (const name of COUNTERS) counts[name] = a.counts[name] - b.counts[name];
  const money = new Map<CurrencyCode, MoneyTotals>();
  for (const currency of new Set([...a.money.keys(), ...b.money.keys()])) {
    const mine = a.money.get(currency) ?? NO_MONEY;
    const theirs = b.money.get(currency) ?? NO_MONEY;
    const isEqual = mine.gross === theirs.gross && mine.refunds === theirs.refunds;
    if (isEqual && b.money.has(currency)) continue;
    money.set(currency, {
      gross: (mine.gross - theirs.gross) as MinorUnits,
      refunds: (mine.refunds - theirs.refunds) as MinorUnits,
    });
  }
  return { counts, money, latency: a.latency.subtract(b.latency) };
}

const NO_MONEY: MoneyTotals = { gross: 0 as MinorUnits, refunds: 0 as MinorUnits };

/** Adds two money totals of the same currency. */
export function addMoney(a: MoneyTotals, b: MoneyTotals): MoneyTotals {
  return {
    gross: (a.gross + b.gross) as MinorUnits,
    refunds: (a.refunds + b.refunds) as MinorUnits,
  };
}
