import assert from "node:assert/strict";
import { type Convert, type KpiOptions, kpiWindow, rate } from "./kpi.ts";
import { LatencyHistogram } from "./latency_histogram.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";
import { type Counter, emptyRollup, type Rollup, zeroCounts } from "./rollup.ts";

const code = (text: string) => text as CurrencyCode;

/** A euro is 2 dollars, and nothing else has a rate. */
const convert: Convert = (amount, from, to) => {
  if (from === to) return amount;
  if (from === "USD" && to === "EUR") return amount / 2 as MinorUnits;
  return undefined;
};

Deno.test("a window without events is all zeros, with no latency and no currency", () => {
  const window = kpiWindow(emptyRollup(), options({ currency: undefined }));
  assert.deepEqual(window, {
    _id: "2026-03-01T09:30:00.000Z",
    store_id: "default",
    window_start: "2026-03-01T09:30:00.000Z",
    window_end: "2026-03-01T09:31:00.000Z",
    status: "provisional",
    metrics: {
      events: 0,
      sessions: 0,
      unique_users: 0,
      page_views: 0,
      view_items: 0,
      searches: 0,
      add_to_carts: 0,
      remove_from_carts: 0,
      begin_checkouts: 0,
      purchases: 0,
      refunds: 0,
      other_events: 0,
      late_events: 0,
      skewed_events: 0,
      conversion_rate: 0,
      revenue: 0,
      gross_revenue: 0,
      refund_amount: 0,
      aov: 0,
      currency: null,
      unconverted: [],
      by_currency: {},
    },
    performance: { latency_ms_p50: null, latency_ms_p95: null, latency_ms_p99: null, processing_time: null },
  });
});

Deno.test("every counter comes under its name in the API", () => {
  const counts = zeroCounts();
  Object.keys(counts).forEach((name, at) => counts[name as Counter] = at + 1);
  const { metrics } = kpiWindow({ ...emptyRollup(), counts }, options());
  const { users, ...sameNames } = counts;
  assert.equal(metrics.unique_users, users);
  for (const [name, count] of Object.entries(sameNames)) {
    assert.equal((metrics as unknown as Record<string, unknown>)[name], count, name);
  }
});

Deno.test("the conversion rate is purchases per session with 4 decimals", () => {
  assert.equal(metricsOf({ purchases: 1, sessions: 3 }).conversion_rate, 0.3333);
  assert.equal(metricsOf({ purchases: 2, sessions: 3 }).conversion_rate, 0.6667);
  assert.equal(metricsOf({ purchases: 5, sessions: 5 }).conversion_rate, 1);
  assert.equal(metricsOf({ purchases: 0, sessions: 5 }).conversion_rate, 0);
  assert.equal(rate(1, 20_000), 0.0001);
  assert.equal(rate(0, 0), 0);
});

Deno.test("revenue is gross less refunds, and aov is revenue per purchase to the minor unit", () => {
  const metrics = metricsOf({ purchases: 3 }, { EUR: [10_000, 1_999] });
  assert.equal(metrics.gross_revenue, 100);
  assert.equal(metrics.refund_amount, 19.99);
  assert.equal(metrics.revenue, 80.01);
  assert.equal(metrics.aov, 26.67);
  assert.equal(metricsOf({ purchases: 2 }, { EUR: [5, 0] }).aov, 0.03);
  assert.equal(metricsOf({ purchases: 0 }, { EUR: [0, 5] }).aov, 0);
});

Deno.test("more refunds than sales make a negative revenue, rounded as its positive is", () => {
  const metrics = metricsOf({ purchases: 2 }, { EUR: [0, 5] });
  assert.equal(metrics.revenue, -0.05);
  assert.equal(metrics.aov, -0.03);
});

Deno.test("money has the digits of its currency, and exact minor units beside it", () => {
  const { by_currency } = metricsOf({}, { JPY: [1_999, 1], KWD: [1_999, 0], EUR: [1_999, 50] });
  assert.deepEqual(by_currency, {
    EUR: {
      revenue: 19.49,
      gross_revenue: 19.99,
      refund_amount: 0.5,
      revenue_minor: 1_949,
      gross_revenue_minor: 1_999,
      refund_amount_minor: 50,
    },
    JPY: {
      revenue: 1_998,
      gross_revenue: 1_999,
      refund_amount: 1,
      revenue_minor: 1_998,
      gross_revenue_minor: 1_999,
      refund_amount_minor: 1,
    },
    KWD: {
      revenue: 1.999,
      gross_revenue: 1.999,
      refund_amount: 0,
      revenue_minor: 1_999,
      gross_revenue_minor: 1_999,
      refund_amount_minor: 0,
    },
  });
});

Deno.test("other currencies are converted; one without a rate is told, and never counted as 0", () => {
  const metrics = metricsOf({ purchases: 2 }, { XAU: [700, 0], USD: [300, 100], EUR: [50, 0] });
  assert.equal(metrics.currency, "EUR");
  assert.equal(metrics.revenue, 1.5);
  assert.equal(metrics.gross_revenue, 2);
  assert.equal(metrics.refund_amount, 0.5);
  assert.deepEqual(metrics.unconverted, ["XAU"]);
  assert.equal(metrics.by_currency["XAU"]?.revenue_minor, 700);
});

Deno.test("without a reporting currency all money is shown on its own", () => {
  const metrics =
    kpiWindow(rollupOf({}, { EUR: [50, 0], USD: [10, 0] }), options({ currency: undefined })).metrics;
  assert.equal(metrics.currency, null);
  assert.equal(metrics.revenue, 0);
  assert.deepEqual(metrics.unconverted, ["EUR", "USD"]);
  assert.equal(metrics.by_currency["EUR"]?.revenue, 0.5);
});

Deno.test("the latency shows the quantiles of the histogram", () => {
  const rollup = rollupOf({});
  for (let durationMs = 1; durationMs <= 50; durationMs++) rollup.latency.record(durationMs);
  const { performance } = kpiWindow(rollup, options({ processingTimeMs: 17 }));
  assert.deepEqual(performance, {
    latency_ms_p50: 25,
    latency_ms_p95: 48,
    latency_ms_p99: 50,
    processing_time: 17,
  });
});

function options(changes: Partial<KpiOptions> = {}): KpiOptions {
  return {
    storeId: "default",
    startMs: Date.UTC(2026, 2, 1, 9, 30),
    endMs: Date.UTC(2026, 2, 1, 9, 31),
    status: "provisional",
    currency: code("EUR"),
    convert,
    processingTimeMs: null,
    ...changes,
  };
}

function metricsOf(counts: Partial<Rollup["counts"]>, money: Record<string, readonly [number, number]> = {}) {
  return kpiWindow(rollupOf(counts, money), options()).metrics;
}

/** `money` is [gross, refunds] in minor units, by currency. */
function rollupOf(
  counts: Partial<Rollup["counts"]>,
  money: Record<string, readonly [number, number]> = {},
): Rollup {
  return {
    counts: { ...zeroCounts(), ...counts },
    money: new Map(
      Object.entries(money).map(([currency, [gross, refunds]]) => [
        code(currency),
        { gross: gross as MinorUnits, refunds: refunds as MinorUnits },
      ]),
    ),
    latency: LatencyHistogram.empty(),
  };
}
