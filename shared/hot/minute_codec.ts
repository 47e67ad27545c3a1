import {
  type CurrencyCode,
  LatencyHistogram,
  type Members,
  type MoneyTotals,
  type Offset,
  type Rollup,
  type StoredMinute,
} from "@countinghouse/core";
import type { MinuteDocument } from "./documents.ts";
import { chunkCount } from "./member_chunks.ts";
import { decodeWords, encodeWords } from "./word_codec.ts";

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
    first_append: new Date(minute.firstAppendMs),
    last_append: new Date(minute.lastAppendMs),
    touched: new Date(minute.touchedMs),
    user_sketch: encodeWords(minute.userSketch),
    ...encodeMembers(minute.members),
  };
}

function encodeMembers(members: Members | undefined): Pick<MinuteDocument, "members" | "member_chunks"> {
  if (members === undefined) return {};
  const chunks = chunkCount(members);
  if (chunks > 0) return { member_chunks: chunks };
  return { members: { users: encodeWords(members.users), sessions: encodeWords(members.sessions) } };
}

/** Reads a document, and its members as {@link MemberChunks} found them, back into a stored minute. */
export function toStoredMinute(document: MinuteDocument, members: Members | undefined): StoredMinute {
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
    firstAppendMs: document.first_append.getTime(),
    lastAppendMs: document.last_append.getTime(),
    userSketch: decodeWords(document.user_sketch),
    members,
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
