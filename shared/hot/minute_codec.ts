import { Binary } from "mongodb";
import {
  type CurrencyCode,
  LatencyHistogram,
  type MoneyTotals,
  type Offset,
  type Rollup,
  type StoredMinute,
} from "@countinghouse/core";
import type { MinuteDocument } from "./documents.ts";

/** A stored minute as its document. */
export function fromStoredMinute(minute: StoredMinute, partition: number): MinuteDocument {
  return {
    _id: minute.id,
    store: minute.store,
    minute: new Date(minute.minuteMs),
    partition,
    through: minute.through,
    ...encodeRollup(minute.rollup),
    closed: minute.closed,
    restatements: minute.restatements,
    touched: new Date(minute.touchedMs),
    user_sketch: encodeWords(minute.userSketch),
    ...(minute.members === undefined ? {} : {
      members: {
        users: encodeWords(minute.members.users),
        sessions: encodeWords(minute.members.sessions),
      },
    }),
  };
}

/** Reads a document back into a stored minute. */
export function toStoredMinute(document: MinuteDocument): StoredMinute {
  return {
    kind: "minute",
    id: document._id,
    store: document.store,
    minuteMs: document.minute.getTime(),
    rollup: decodeRollup(document),
    through: document.through as Offset,
    touchedMs: document.touched.getTime(),
    closed: document.closed,
    restatements: document.restatements,
    userSketch: decodeWords(document.user_sketch),
    members: document.members && {
      users: decodeWords(document.members.users),
      sessions: decodeWords(document.members.sessions),
    },
  };
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
