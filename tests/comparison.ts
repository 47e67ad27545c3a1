import { decimalText } from "./exact_money.ts";
import type { MinuteRecount } from "./oracle.ts";

/** The counters that a minute is compared in. */
const COUNTERS = [
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
] as const;

/** A minute's figures in the shape and under the names of the API, money included. */
export type Figures = Readonly<Record<string, unknown>>;

/** What the API's `metrics` must hold for a minute of the recount; undefined stands for a minute without events. */
export function expectedMetrics(minute: MinuteRecount | undefined): Figures {
  const counts = Object.fromEntries(COUNTERS.map((name) => [name, minute?.counts.get(name) ?? 0]));
  const sessions = minute?.sessions ?? 0;
  const purchases = counts["purchases"] ?? 0;
  const byCurrency = [...minute?.by_currency ?? []].map(([currency, totals]) => {
    const { gross_revenue_minor: gross, refund_amount_minor: refunds } = totals;
    const amounts = { revenue: gross - refunds, gross_revenue: gross, refund_amount: refunds };
    return [
      currency,
      Object.fromEntries(
        Object.entries(amounts).flatMap(([name, minor]): [string, number][] => [
          [name, Number(decimalText(minor, currency))],
          [`${name}_minor`, Number(minor)],
        ]),
      ),
    ];
  });
  return {
    ...counts,
    sessions,
    unique_users: minute?.unique_users ?? 0,
    // Half up, in whole numbers: 33 of 160 is a tie, which toFixed would cut down.
    conversion_rate: sessions === 0
      ? 0
      : Math.floor((20_000 * purchases + sessions) / (2 * sessions)) / 10_000,
    by_currency: Object.fromEntries(byCurrency),
  };
}

/** Each figure that is not as expected, as "minute name: expected 1, found 2". */
export function differences(minute: string, expected: Figures, found: Figures): readonly string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const wanted = canonical(value);
    const got = canonical(found[name]);
    return wanted === got ? [] : [`${minute} ${name}: expected ${wanted}, found ${got}`];
  });
}

/** The same text for the same value, whatever the order of its fields. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  ) ?? "nothing";
}
