import { Binary } from "mongodb";
import { type CurrencyCode, LatencyHistogram, type MoneyTotals, type Rollup } from "@countinghouse/core";
import type { MinuteDocument } from "./documents.ts";

/** The `_id` of a minute document: fixed-width parts first, so that any store id is unambiguous. */
export function minuteId(minuteMs: number, partition: number, store: string): string {
  return `${new Date(minuteMs).toISOString()}/${partition}/${store}`;
}

/** The parts of a {@link MinuteDocument} that hold its rollup. */
export function encodeRollup(rollup: Rollup): Pick<MinuteDocument, "counts" | "money" | "latency"> {
  return {
    counts: { ...rollup.counts },
    money: Object.fromEntries([...rollup.money].sort(([a], [b]) => a < b ? -1 : 1)),
    latency: encodeWords(rollup.latency.toWords()),
  };
}

/** Reads the rollup out of a minute document. */
export function decodeRollup(document: Pick<MinuteDocument, "counts" | "money" | "latency">): Rollup {
  return {
    counts: document.counts,
    money: new Map(Object.entries(document.money) as [CurrencyCode, MoneyTotals][]),
    latency: LatencyHistogram.fromWords(decodeWords(document.latency)),
  };
}

/** 32-bit words as bytes; little-endian, as every machine this runs on is. */
export function encodeWords(words: Uint32Array): Binary {
  return new Binary(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** Reads {@link encodeWords} back. */
export function decodeWords(binary: Binary): Uint32Array {
  const bytes = binary.value();
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}
