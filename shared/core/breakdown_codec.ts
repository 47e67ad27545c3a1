import {
  type Breakdown,
  DIMENSIONS,
  emptyBreakdown,
  emptyPart,
  type Part,
  PART_COUNTERS,
} from "./breakdown.ts";
import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";

/**
 * Writes a breakdown down: for each dimension its other part, then the named ones. Bytes and not a tree of fields,
 * because it is the largest thing that is stored for a minute, and a store has to take a tree apart.
 */
export function writeBreakdown(writer: ByteWriter, breakdown: Readonly<Breakdown>): void {
  for (const dimension of DIMENSIONS) {
    const { parts, other } = breakdown[dimension];
    writePart(writer, other);
    writer.varint(parts.size);
    for (const [name, part] of parts) {
      writer.text(name);
      writePart(writer, part);
    }
  }
}

/** Reads {@link writeBreakdown} back. */
export function readBreakdown(reader: ByteReader): Breakdown {
  const breakdown = emptyBreakdown();
  for (const dimension of DIMENSIONS) {
    const other = readPart(reader);
    const parts = new Map<string, Part>();
    for (let left = reader.varint(); left > 0; left--) parts.set(reader.text(), readPart(reader));
    breakdown[dimension] = { parts, other };
  }
  return breakdown;
}

function writePart(writer: ByteWriter, { counts, money }: Part): void {
  for (const counter of PART_COUNTERS) writer.float64(counts[counter]);
  writer.varint(money.size);
  for (const [currency, { gross, refunds }] of [...money].sort(([a], [b]) => a < b ? -1 : 1)) {
    writer.text(currency);
    writer.float64(gross);
    writer.float64(refunds);
  }
}

function readPart(reader: ByteReader): Part {
  const part = emptyPart();
  for (const counter of PART_COUNTERS) part.counts[counter] = reader.float64();
  for (let left = reader.varint(); left > 0; left--) {
    const currency = reader.text() as CurrencyCode;
    const gross = reader.float64() as MinorUnits;
    part.money.set(currency, { gross, refunds: reader.float64() as MinorUnits });
  }
  return part;
}
