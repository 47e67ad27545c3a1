import { Binary } from "mongodb";
import {
  ByteReader,
  ByteWriter,
  type Offset,
  readBreakdown,
  type StoredBreakdown,
  writeBreakdown,
} from "@countinghouse/core";
import type { BreakdownDocument } from "./documents.ts";

/** A stored breakdown as its document. */
export function fromStoredBreakdown(stored: StoredBreakdown, partition: number): BreakdownDocument {
  const writer = new ByteWriter();
  writeBreakdown(writer, stored.breakdown);
  return {
    _id: stored.id,
    store: stored.store,
    minute: new Date(stored.minuteMs),
    partition,
    through: stored.through,
    closed: stored.closed,
    touched: new Date(stored.touchedMs),
    breakdown: new Binary(writer.bytes()),
  };
}

/** Reads a document back into a stored breakdown. */
export function toStoredBreakdown(document: BreakdownDocument): StoredBreakdown {
  return {
    kind: "breakdown",
    id: document._id,
    store: document.store,
    minuteMs: document.minute.getTime(),
    breakdown: readBreakdown(new ByteReader(document.breakdown.value())),
    through: document.through as Offset,
    touchedMs: document.touched.getTime(),
    closed: document.closed,
  };
}
