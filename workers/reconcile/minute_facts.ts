import {
  type Cohort,
  type Counter,
  COUNTERS,
  type CurrencyCode,
  FUNNEL_STEPS,
  type MoneyTotals,
  type Rollup,
} from "@countinghouse/core";

/** The counters that every store can count for itself. When an event was late only the log's order can tell. */
export const FACT_COUNTERS = COUNTERS.filter((name): name is FactCounter =>
  name !== "late_events" && name !== "skewed_events"
);

/** One of {@link FACT_COUNTERS}. */
export type FactCounter = Exclude<Counter, "late_events" | "skewed_events">;

/** What the sessions that began in a minute came to. */
export type FunnelFacts = Pick<Cohort, "started" | "reached">;

/** What one store of data says of a minute of a shop. */
export interface MinuteFacts {
  readonly counts: Readonly<Record<FactCounter, number>>;
  readonly money: ReadonlyMap<CurrencyCode, MoneyTotals>;
  /** Undefined where it is not known, or still changes. */
  readonly funnel: Readonly<FunnelFacts> | undefined;
}

/** A minute without events. */
export const NO_FACTS: MinuteFacts = {
  counts: Object.fromEntries(FACT_COUNTERS.map((name) => [name, 0])) as MinuteFacts["counts"],
  money: new Map(),
  funnel: { started: 0, reached: [0, 0, 0, 0] },
};

/** The facts of a rollup. */
export function factsOf({ counts, money }: Rollup, funnel?: Readonly<FunnelFacts>): MinuteFacts {
  const facts = Object.fromEntries(FACT_COUNTERS.map((name) => [name, counts[name]]));
  return { counts: facts as MinuteFacts["counts"], money, funnel };
}

/** A figure that two stores have differently; see {@link figuresOf} for the names. */
export interface Difference {
  readonly metric: string;
  readonly first: number;
  readonly second: number;
}

/**
 * Every figure in which two minutes differ, by name. A currency that only one of them knows is compared with zero; a
 * funnel that one of them does not know is not compared.
 */
export function differences(first: MinuteFacts, second: MinuteFacts): Difference[] {
  const withFunnel = first.funnel !== undefined && second.funnel !== undefined;
  const [left, right] = [figuresOf(first, withFunnel), figuresOf(second, withFunnel)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((metric) => ({ metric, first: left.get(metric) ?? 0, second: right.get(metric) ?? 0 }))
    .filter(({ first, second }) => first !== second);
}

/**
 * A minute's figures by name: those of the API, `gross_revenue_minor.EUR` and `refund_amount_minor.EUR` for money,
 * and `funnel.view` and so on for the sessions that began in it.
 */
export function figuresOf({ counts, money, funnel }: MinuteFacts, withFunnel = true): Map<string, number> {
  const figures = new Map<string, number>();
  for (const name of FACT_COUNTERS) figures.set(name === "users" ? "unique_users" : name, counts[name]);
  for (const [currency, { gross, refunds }] of money) {
    figures.set(`gross_revenue_minor.${currency}`, gross);
    figures.set(`refund_amount_minor.${currency}`, refunds);
  }
  if (funnel === undefined || !withFunnel) return figures;
  figures.set("funnel.sessions", funnel.started);
  FUNNEL_STEPS.forEach((step, at) => figures.set(`funnel.${step}`, funnel.reached[at]!));
  return figures;
}
