import type { CurrencyCode, MinorUnits } from "./money.ts";
import { toDecimal } from "./money.ts";
import type { Rollup } from "./rollup.ts";

/** How much a minute can still change: not over yet, complete, or complete and corrected since. */
export type Status = "provisional" | "final" | "restated";

/** Money of one currency, as decimal numbers with the currency's digits and, exactly, in minor units. */
export interface CurrencyMetrics {
  readonly revenue: number;
  readonly gross_revenue: number;
  readonly refund_amount: number;
  readonly revenue_minor: number;
  readonly gross_revenue_minor: number;
  readonly refund_amount_minor: number;
}

/** The metrics of a window. Rates have 4 decimals, money the digits of its currency. */
export interface KpiMetrics {
  readonly events: number;
  readonly sessions: number;
  readonly unique_users: number;
  readonly page_views: number;
  readonly view_items: number;
  readonly searches: number;
  readonly add_to_carts: number;
  readonly remove_from_carts: number;
  readonly begin_checkouts: number;
  readonly purchases: number;
  readonly refunds: number;
  readonly other_events: number;
  readonly late_events: number;
  readonly skewed_events: number;
  readonly conversion_rate: number;
  /** Gross less refunds, in {@link KpiMetrics.currency}. */
  readonly revenue: number;
  readonly gross_revenue: number;
  readonly refund_amount: number;
  readonly aov: number;
  /** The store's reporting currency; null before its first money event. */
  readonly currency: string | null;
  /** Currencies of this window that could not be converted, and so are only in `by_currency`. */
  readonly unconverted: readonly string[];
  readonly by_currency: Readonly<Record<string, CurrencyMetrics>>;
}

/** How long events took to arrive (event time to append time), and how long they then took to be stored. */
export interface KpiPerformance {
  readonly latency_ms_p50: number | null;
  readonly latency_ms_p95: number | null;
  readonly latency_ms_p99: number | null;
  /** Milliseconds from append to the stored minute in the newest write; null where nothing was written yet. */
  readonly processing_time: number | null;
}

/** A window of the API. */
export interface KpiWindow {
  /** The window's start as ISO 8601. */
  readonly _id: string;
  readonly store_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly status: Status;
  readonly metrics: KpiMetrics;
  readonly performance: KpiPerformance;
}

/** Converts an amount to the reporting currency; undefined when there is no rate. */
export type Convert = (amount: MinorUnits, from: CurrencyCode, to: CurrencyCode) => MinorUnits | undefined;

/** What a window's figures are shown as. */
export interface KpiOptions {
  readonly storeId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: Status;
  readonly currency: CurrencyCode | undefined;
  readonly convert: Convert;
  readonly processingTimeMs: number | null;
}

/** The figures of a window, from its rollup. */
export function kpiWindow(rollup: Rollup, options: KpiOptions): KpiWindow {
  const start = new Date(options.startMs).toISOString();
  return {
    _id: start,
    store_id: options.storeId,
    window_start: start,
    window_end: new Date(options.endMs).toISOString(),
    status: options.status,
    metrics: kpiMetrics(rollup, options),
    performance: {
      latency_ms_p50: rollup.latency.quantile(0.5) ?? null,
      latency_ms_p95: rollup.latency.quantile(0.95) ?? null,
      latency_ms_p99: rollup.latency.quantile(0.99) ?? null,
      processing_time: options.processingTimeMs,
    },
  };
}

function kpiMetrics({ counts, money }: Rollup, { currency, convert }: KpiOptions): KpiMetrics {
  let gross = 0;
  let refunded = 0;
  const unconverted: string[] = [];
  const byCurrency: Record<string, CurrencyMetrics> = {};
  for (const [code, totals] of [...money].sort(([a], [b]) => a < b ? -1 : 1)) {
    byCurrency[code] = currencyMetrics(code, totals.gross, totals.refunds);
    const grossHere = currency && convert(totals.gross, code, currency);
    const refundsHere = currency && convert(totals.refunds, code, currency);
    if (grossHere === undefined || refundsHere === undefined) unconverted.push(code);
    else {
      gross += grossHere;
      refunded += refundsHere;
    }
  }
  const net = gross - refunded;
  const amount = (minor: number) => currency ? toDecimal(minor as MinorUnits, currency) : minor;
  return {
    events: counts.events,
    sessions: counts.sessions,
    unique_users: counts.users,
    page_views: counts.page_views,
    view_items: counts.view_items,
    searches: counts.searches,
    add_to_carts: counts.add_to_carts,
    remove_from_carts: counts.remove_from_carts,
    begin_checkouts: counts.begin_checkouts,
    purchases: counts.purchases,
    refunds: counts.refunds,
    other_events: counts.other_events,
    late_events: counts.late_events,
    skewed_events: counts.skewed_events,
    conversion_rate: rate(counts.purchases, counts.sessions),
    revenue: amount(net),
    gross_revenue: amount(gross),
    refund_amount: amount(refunded),
    aov: counts.purchases === 0 ? 0 : amount(roundHalfUp(net / counts.purchases)),
    currency: currency ?? null,
    unconverted,
    by_currency: byCurrency,
  };
}

function currencyMetrics(code: CurrencyCode, gross: MinorUnits, refunds: MinorUnits): CurrencyMetrics {
  const net = (gross - refunds) as MinorUnits;
  return {
    revenue: toDecimal(net, code),
    gross_revenue: toDecimal(gross, code),
    refund_amount: toDecimal(refunds, code),
    revenue_minor: net,
    gross_revenue_minor: gross,
    refund_amount_minor: refunds,
  };
}

/** A share with 4 decimals; 0 of 0 is 0. */
export function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 10_000) / 10_000;
}

function roundHalfUp(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
