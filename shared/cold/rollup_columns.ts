import {
  type Counter,
  COUNTERS,
  type CurrencyCode,
  LatencyHistogram,
  type MinorUnits,
  type MoneyTotals,
  type Rollup,
} from "@countinghouse/core";

/** The counters that are sums: all but the distinct sessions and users. */
export const COUNTED_EVENTS = COUNTERS.filter((name) => name !== "sessions" && name !== "users");

const TYPE_OF: Readonly<Partial<Record<Counter, string>>> = {
  page_views: "page_view",
  view_items: "view_item",
  searches: "search",
  add_to_carts: "add_to_cart",
  remove_from_carts: "remove_from_cart",
  begin_checkouts: "begin_checkout",
  purchases: "purchase",
  refunds: "refund",
  other_events: "other",
};

/**
 * The columns that rollups of every step have, as expressions over judged events (see judgedEvents), of which only
 * the counted ones are taken.
 */
export function columnsOfEvents(): string {
  return [
    ...COUNTED_EVENTS.map((name) => `countIf(counted${conditionOf(name)}) AS ${name}`),
    "groupUniqArrayIf(user_key, counted) AS user_keys",
    "groupUniqArrayIf(session_key, counted) AS session_keys",
    `sumMapIf([toString(currency)], [if(event_type = 'purchase', assumeNotNull(amount), 0)],
      [if(event_type = 'refund', assumeNotNull(amount), 0)], [toUInt64(1)],
      counted AND event_type IN ('purchase', 'refund') AND amount IS NOT NULL AND currency != '') AS money`,
    `sumMapIf([${latencyBucket("toUnixTimestamp64Milli(append_time) - toUnixTimestamp64Milli(event_time)")}],
      [toUInt64(1)], counted) AS latency`,
  ].join(",\n    ");
}

/** The same columns, as expressions over rollups. */
export function columnsOfRollups(): string {
  return [
    ...COUNTED_EVENTS.map((name) => `sum(r.${name}) AS ${name}`),
    "groupUniqArrayArray(r.user_keys) AS user_keys",
    "groupUniqArrayArray(r.session_keys) AS session_keys",
    `sumMap(r.currencies, r.gross_minor, r.refunds_minor, r.payments) AS money`,
    "sumMap(r.latency_buckets, r.latency_counts) AS latency",
  ].join(",\n    ");
}

/** What {@link columnsOfEvents} and {@link columnsOfRollups} call `money` and `latency`, as the table has them. */
export const UNPACKED =
  `money.1 AS currencies, money.2 AS gross_minor, money.3 AS refunds_minor, money.4 AS payments,
    latency.1 AS latency_buckets, latency.2 AS latency_counts`;

/** The names of the columns that rollups of every step have. */
export const ROLLUP_COLUMNS = [
  ...COUNTED_EVENTS,
  "user_keys",
  "session_keys",
  "currencies",
  "gross_minor",
  "refunds_minor",
  "payments",
  "latency_buckets",
  "latency_counts",
].join(", ");

/** A row of figures, as `figures` selects it. */
export type FiguresRow = Readonly<Record<Counter, number>> & {
  readonly money: readonly [readonly string[], readonly number[], readonly number[], readonly number[]];
  readonly latency: readonly [readonly number[], readonly number[]];
};

/** The figures of a group of rollups, as expressions over {@link ROLLUP_COLUMNS}. */
export function figures(): string {
  return [
    ...COUNTED_EVENTS.map((name) => `sum(r.${name}) AS ${name}`),
    "uniqExactArray(r.user_keys) AS users",
    "uniqExactArray(r.session_keys) AS sessions",
    "sumMap(r.currencies, r.gross_minor, r.refunds_minor, r.payments) AS money",
    "sumMap(r.latency_buckets, r.latency_counts) AS latency",
  ].join(",\n    ");
}

/** The rollup that a row of figures is. */
export function rollupOf(row: FiguresRow): Rollup {
  const [currencies, gross, refunds] = row.money;
  const money = currencies.map((currency, at): [CurrencyCode, MoneyTotals] => [currency as CurrencyCode, {
    gross: gross[at] as MinorUnits,
    refunds: refunds[at] as MinorUnits,
  }]);
  const [buckets, counts] = row.latency;
  const words = Uint32Array.from(buckets.flatMap((bucket, at) => [bucket, counts[at]!]));
  return {
    counts: Object.fromEntries(COUNTERS.map((name) => [name, row[name]])) as Record<Counter, number>,
    money: new Map(money),
    latency: LatencyHistogram.fromWords(words),
  };
}

function conditionOf(name: Counter): string {
  if (name === "late_events") return " AND late";
  if (name === "skewed_events") return " AND counted_time != event_time";
  const type = TYPE_OF[name];
  return type === undefined ? "" : ` AND event_type = '${type}'`;
}

/** The bucket of LatencyHistogram (shared/core) that a number of milliseconds falls into. */
export function latencyBucket(durationMs: string): string {
  const value = `toUInt64(least(greatest(${durationMs}, 0), 4294967295))`;
  const power = `roundToExp2(${value})`;
  const exponent = `bitCount(${power} - 1)`;
  const logarithmic = `64 + (${exponent} - 6) * 32 + intDiv(${value}, intDivOrZero(${power}, 32)) - 32`;
  return `toUInt16(if(${value} < 64, ${value}, ${logarithmic}))`;
}
