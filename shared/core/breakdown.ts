import type { CurrencyCode } from "./money.ts";
import { addMoney, type MoneyTotals } from "./rollup.ts";

/** What a minute is broken down by. */
export const DIMENSIONS = [
  "country",
  "city",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "device",
  "os",
  "page",
  "product",
] as const;

/** One of {@link DIMENSIONS}. */
export type Dimension = typeof DIMENSIONS[number];

/** What is counted of one value of a dimension. `units` are pieces bought, for products. */
export const PART_COUNTERS = [
  "events",
  "views",
  "carts",
  "checkouts",
  "purchases",
  "refunds",
  "units",
] as const;

/** One of {@link PART_COUNTERS}. */
export type PartCounter = typeof PART_COUNTERS[number];

/** The totals of one value of a dimension. */
export interface Part {
  readonly counts: Record<PartCounter, number>;
  readonly money: Map<CurrencyCode, MoneyTotals>;
}

/**
 * A dimension of a window: the largest values by name, and everything else in `other`, so that the sum over all is
 * exact however many values there are.
 */
export interface DimensionParts {
  readonly parts: Map<string, Part>;
  readonly other: Part;
}

/** A window broken down by every dimension. */
export type Breakdown = Record<Dimension, DimensionParts>;

/** Nothing of a value. */
export function emptyPart(): Part {
  return {
    counts: { events: 0, views: 0, carts: 0, checkouts: 0, purchases: 0, refunds: 0, units: 0 },
    money: new Map(),
  };
}

/** A window in which nothing happened. */
export function emptyBreakdown(): Breakdown {
  return Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, { parts: new Map(), other: emptyPart() }]),
  ) as unknown as Breakdown;
}

/** Adds one part to another, which is changed. */
export function addPart(to: Part, from: Readonly<Part>): void {
  for (const counter of PART_COUNTERS) to.counts[counter] += from.counts[counter];
  for (const [currency, totals] of from.money) {
    const before = to.money.get(currency);
    to.money.set(currency, before === undefined ? totals : addMoney(before, totals));
  }
}

/** Adds two breakdowns; neither is changed. */
export function mergeBreakdowns(a: Readonly<Breakdown>, b: Readonly<Breakdown>): Breakdown {
  const sum = emptyBreakdown();
  for (const dimension of DIMENSIONS) {
    for (const { parts, other } of [a[dimension], b[dimension]]) {
      for (const [value, part] of parts) addPart(partOf(sum[dimension], value), part);
      addPart(sum[dimension].other, other);
    }
  }
  return sum;
}

/** How many parts of a dimension are kept by name, and how large they may be together, about, when stored. */
export interface PartsLimit {
  readonly parts: number;
  readonly bytes: number;
}

/** The largest parts by events, the first by name among equals, within the limit; the rest goes into `other`. */
export function largestParts({ parts, other }: Readonly<DimensionParts>, limit: PartsLimit): DimensionParts {
  const ranked = [...parts].sort(([nameA, a], [nameB, b]) =>
    b.counts.events - a.counts.events || (nameA < nameB ? -1 : 1)
  );
  const kept: DimensionParts = { parts: new Map(), other: emptyPart() };
  addPart(kept.other, other);
  let bytes = 0;
  let full = false;
  for (const [name, part] of ranked) {
    bytes += BYTES_PER_PART + BYTES_PER_CHARACTER * name.length + BYTES_PER_CURRENCY * part.money.size;
    full ||= kept.parts.size >= limit.parts || bytes > limit.bytes;
    addPart(full ? kept.other : partOf(kept, name), part);
  }
  return kept;
}

/** What a part takes in a stored document, rounded up. */
const BYTES_PER_PART = 180;
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_CURRENCY = 60;

function partOf({ parts }: DimensionParts, value: string): Part {
  let part = parts.get(value);
  if (part === undefined) parts.set(value, part = emptyPart());
  return part;
}
