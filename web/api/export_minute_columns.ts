import {
  type CurrencyCode,
  currencyDigits,
  type KpiMetrics,
  type KpiWindow,
  type MinorUnits,
  toDecimalText,
} from "@countinghouse/core";

/**
 * What a column holds: a time in ISO 8601, text, an amount as exact decimal text, a whole number, any number, or
 * currencies by their code.
 */
export type ColumnKind = "time" | "text" | "decimal" | "integer" | "real" | "currencies";

/** Of each currency, the amounts in decimal text and in minor units. */
export type Currencies = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** A column of exported minutes. */
export interface MinuteColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly of: (window: KpiWindow) => string | number | Currencies | null;
}

const COUNTERS = [
  "events",
  "sessions",
  "unique_users",
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
] as const satisfies readonly (keyof KpiMetrics)[];
const AMOUNTS = ["revenue", "gross_revenue", "refund_amount", "aov"] as const;
const CURRENCY_AMOUNTS = ["revenue", "gross_revenue", "refund_amount"] as const;
const LATENCIES = ["latency_ms_p50", "latency_ms_p95", "latency_ms_p99", "processing_time"] as const;

/**
 * The columns of exported minutes, in order; the same on every day, whatever currencies there were, so that files of
 * many days fit together.
 */
export const MINUTE_COLUMNS: readonly MinuteColumn[] = [
  { name: "window_start", kind: "time", of: ({ window_start }) => window_start },
  { name: "window_end", kind: "time", of: ({ window_end }) => window_end },
  { name: "store_id", kind: "text", of: ({ store_id }) => store_id },
  { name: "status", kind: "text", of: ({ status }) => status },
  ...COUNTERS.map((name): MinuteColumn => ({ name, kind: "integer", of: ({ metrics }) => metrics[name] })),
  { name: "conversion_rate", kind: "real", of: ({ metrics }) => metrics.conversion_rate },
  { name: "currency", kind: "text", of: ({ metrics }) => metrics.currency },
  ...AMOUNTS.flatMap((name): MinuteColumn[] => [
    { name, kind: "decimal", of: ({ metrics }) => decimalText(metrics[name], metrics.currency) },
    { name: `${name}_minor`, kind: "integer", of: ({ metrics }) => minor(metrics[name], metrics.currency) },
  ]),
  { name: "unconverted", kind: "text", of: ({ metrics }) => metrics.unconverted.join(" ") || null },
  { name: "by_currency", kind: "currencies", of: ({ metrics }) => currencies(metrics.by_currency) },
  ...LATENCIES.map((name): MinuteColumn => ({
    name,
    kind: "real",
    of: ({ performance }) => performance[name],
  })),
];

/** The amount that a decimal number of the API stands for; the nearest whole one, as the number is itself the nearest. */
function minor(amount: number, currency: string | null): MinorUnits {
  const digits = currency === null ? 0 : currencyDigits(currency as CurrencyCode);
  return Math.round(amount * 10 ** digits) as MinorUnits;
}

function decimalText(amount: number, currency: string | null): string {
  return currency === null ? "0" : toDecimalText(minor(amount, currency), currency as CurrencyCode);
}

function currencies(found: KpiMetrics["by_currency"]): Currencies {
  return Object.fromEntries(
    Object.entries(found).map(([code, amounts]) => {
      const text = (name: typeof CURRENCY_AMOUNTS[number]) =>
        toDecimalText(amounts[`${name}_minor`] as MinorUnits, code as CurrencyCode);
      const entries = CURRENCY_AMOUNTS.flatMap((name) => [
        [name, text(name)] as const,
        [`${name}_minor`, amounts[`${name}_minor`]] as const,
      ]);
      return [code, Object.fromEntries(entries)];
    }),
  );
}
