import { Hono } from "hono";
import { z } from "zod";
import {
  type CurrencyCode,
  type Dimension,
  type DimensionParts,
  DIMENSIONS,
  largestParts,
  type Part,
  rate,
  toDecimal,
} from "@countinghouse/core";
import { parse, wholeNumber } from "./parameters.ts";
import { aboutMinutes, type RecentMinutes, recentMinutes, recentParameters } from "./recent.ts";

/** Reads a store's minutes by a dimension, added up. */
export type ReadDimension = (dimension: Dimension, minutes: RecentMinutes) => Promise<DimensionParts>;

const MOST_PARTS = 1_000;

const breakdownParameters = recentParameters.extend({
  dimension: z.enum(DIMENSIONS, { error: `must be one of ${DIMENSIONS.join(", ")}` }),
  limit: wholeNumber(MOST_PARTS).default(20),
});

/**
 * `/breakdown`: the last minutes of a store by country, product, campaign and so on. The largest values by events are
 * named and the others added up in `other`, so the sum is exact.
 */
export function breakdownRoute(read: ReadDimension, now: () => number): Hono {
  return new Hono().get("/breakdown", async (c) => {
    const asked = parse(breakdownParameters, c.req.query());
    const minutes = recentMinutes(asked, now());
    const { parts, other } = largestParts(await read(asked.dimension, minutes), {
      parts: asked.limit,
      bytes: Infinity,
    });
    return c.json({
      ...aboutMinutes(minutes),
      dimension: asked.dimension,
      values: [...parts].map(([value, part]) => ({ value, ...partFigures(part) })),
      other: partFigures(other),
    });
  });
}

function partFigures({ counts, money }: Part) {
  const byCurrency = [...money].sort(([a], [b]) => a < b ? -1 : 1).map(([code, { gross, refunds }]) => {
    const net = (gross - refunds) as typeof gross;
    return [code, { revenue: toDecimal(net, code as CurrencyCode), revenue_minor: net }] as const;
  });
  return {
    ...counts,
    conversion_rate: rate(counts.purchases, counts.views),
    by_currency: Object.fromEntries(byCurrency),
  };
}
