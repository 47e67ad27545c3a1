import {
  type Breakdown,
  type CurrencyCode,
  type DimensionParts,
  DIMENSIONS,
  type MoneyTotals,
  type Offset,
  type Part,
  type StoredBreakdown,
} from "@countinghouse/core";
import type { BreakdownDocument, DimensionDocument, PartDocument } from "./documents.ts";

/** A stored breakdown as its document. */
export function fromStoredBreakdown(stored: StoredBreakdown, partition: number): BreakdownDocument {
  return {
    _id: stored.id,
    store: stored.store,
    minute: new Date(stored.minuteMs),
    partition,
    through: stored.through,
    closed: stored.closed,
    touched: new Date(stored.touchedMs),
    dimensions: Object.fromEntries(
      DIMENSIONS.map((dimension) => [dimension, fromParts(stored.breakdown[dimension])]),
    ) as BreakdownDocument["dimensions"],
  };
}

/** Reads a document back into a stored breakdown. */
export function toStoredBreakdown(document: BreakdownDocument): StoredBreakdown {
  return {
    kind: "breakdown",
    id: document._id,
    store: document.store,
    minuteMs: document.minute.getTime(),
    breakdown: Object.fromEntries(
      DIMENSIONS.map((dimension) => [dimension, toParts(document.dimensions[dimension])]),
    ) as Breakdown,
    through: document.through as Offset,
    touchedMs: document.touched.getTime(),
    closed: document.closed,
  };
}

function fromParts({ parts, other }: DimensionParts): DimensionDocument {
  return {
    parts: [...parts].map(([name, part]) => ({ name, ...fromPart(part) })),
    other: fromPart(other),
  };
}

function toParts({ parts, other }: DimensionDocument): DimensionParts {
  return { parts: new Map(parts.map(({ name, ...part }) => [name, toPart(part)])), other: toPart(other) };
}

function fromPart({ counts, money }: Part): PartDocument {
  return { counts: { ...counts }, money: Object.fromEntries([...money].sort(([a], [b]) => a < b ? -1 : 1)) };
}

function toPart({ counts, money }: PartDocument): Part {
  return { counts: { ...counts }, money: new Map(Object.entries(money) as [CurrencyCode, MoneyTotals][]) };
}
