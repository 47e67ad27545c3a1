import { type CurrencyCode, type MinorUnits, toDecimal } from "@countinghouse/core";
import { differences, type MinuteFacts, NO_FACTS } from "./minute_facts.ts";

/** A minute as each store has it. */
export interface ComparedMinute {
  readonly storeId: string;
  readonly minuteMs: number;
  /** Undefined where the hot store keeps it no more. */
  readonly hot: MinuteFacts | undefined;
  readonly isFinal: boolean;
  readonly warehouse: MinuteFacts | undefined;
  readonly lake: MinuteFacts | undefined;
}

/** What comparing a minute came to. */
export type Verdict =
  | { readonly what: "equal" | "not final" }
  | { readonly what: "differs"; readonly figures: readonly string[] };

/** Compares a minute. Its funnel is compared where the hot store knows it for good; files have none. */
export function verdictOn({ hot, isFinal, warehouse = NO_FACTS, lake = NO_FACTS }: ComparedMinute): Verdict {
  if (!isFinal) return { what: "not final" };
  const inHot = hot === undefined ? [] : differences(hot, warehouse)
    .map(({ metric, first, second }) => `${metric} MongoDB ${first}, ClickHouse ${second}`);
  const inLake = differences(warehouse, lake)
    .map(({ metric, first, second }) => `${metric} ClickHouse ${first}, Parquet ${second}`);
  const figures = [...inHot, ...inLake];
  return figures.length === 0 ? { what: "equal" } : { what: "differs", figures };
}

const WIDTHS = [20, 12, 8, 8, 8, 8, 30] as const;

/** The heading of {@link minuteLine}. */
export const HEADING = row(
  ["minute (UTC)", "store", "events", "users", "sessions", "orders", "revenue"],
  "MongoDB = ClickHouse = Parquet",
);

/** A line about a minute, with the figures of the warehouse; where it differs, a line more for each figure. */
export function minuteLine(minute: ComparedMinute, verdict: Verdict): string {
  const { counts, money } = minute.warehouse ?? NO_FACTS;
  const revenue = [...money].map(([currency, { gross, refunds }]) =>
    `${toDecimal((gross - refunds) as MinorUnits, currency as CurrencyCode)} ${currency}`
  ).join(", ");
  const equal = minute.hot === undefined ? "equal (MongoDB keeps it no more)" : "equal";
  const line = row([
    new Date(minute.minuteMs).toISOString().replace(":00.000Z", "Z"),
    minute.storeId,
    `${counts.events}`,
    `${counts.users}`,
    `${counts.sessions}`,
    `${counts.purchases}`,
    revenue,
  ], verdict.what === "equal" ? equal : verdict.what);
  return verdict.what === "differs" ? [line, ...verdict.figures.map((text) => `  ${text}`)].join("\n") : line;
}

function row(cells: readonly string[], last: string): string {
  return [...cells.map((cell, at) => cell.padEnd(WIDTHS[at]!)), last].join(" ");
}
