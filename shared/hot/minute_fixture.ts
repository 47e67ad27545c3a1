import {
  type Counter,
  type CurrencyCode,
  type EventTimeMs,
  LatencyHistogram,
  minuteStart,
  type MoneyTotals,
  type Offset,
  zeroCounts,
} from "@countinghouse/core";
import type { MinuteDocument, PartitionDocument } from "./documents.ts";
import { encodeRollup } from "./minute_codec.ts";
import { encodeWords } from "./word_codec.ts";
import type { WindowRules } from "./minute_window.ts";

/** For tests: a minute's document, of which only what the test speaks about is given. */
export function minuteDocument(
  {
    minuteMs,
    partition = 0,
    store = "default",
    through = 1,
    counts = {},
    money = {},
    latencies = [],
    ...rest
  }: {
    readonly minuteMs: number;
    readonly partition?: number;
    readonly store?: string;
    readonly through?: number;
    readonly counts?: Partial<Record<Counter, number>>;
    readonly money?: Readonly<Record<string, { gross: number; refunds: number }>>;
    readonly latencies?: readonly number[];
    readonly closed?: boolean;
    readonly restatements?: number;
    readonly first_append?: Date;
    readonly last_append?: Date;
  },
): MinuteDocument {
  const latency = LatencyHistogram.empty();
  for (const durationMs of latencies) latency.record(durationMs);
  const at = minuteStart(minuteMs as EventTimeMs);
  return {
    _id: `${new Date(at).toISOString()}/${partition}/${store}`,
    store,
    minute: new Date(at),
    partition,
    through: through as Offset,
    ...encodeRollup({
      counts: { ...zeroCounts(), ...counts },
      money: new Map(Object.entries(money) as [CurrencyCode, MoneyTotals][]),
      latency,
    }),
    closed: false,
    restatements: 0,
    first_append: new Date(at),
    last_append: new Date(at),
    touched: new Date(at),
    user_sketch: encodeWords(new Uint32Array()),
    ...rest,
  };
}

/** For tests: a partition's document; nothing read yet where nothing else is said. */
export function partitionDocument(
  given: Partial<PartitionDocument> & { readonly _id: number },
): PartitionDocument {
  return {
    through: 0,
    end: 0,
    watermark: null,
    ledger: { read: 0, counted: 0, duplicates: 0, dead_lettered: 0, late: 0, skewed: 0, archived: 0 },
    written: new Date(0),
    caught_up: null,
    processing_time_ms: null,
    ...given,
  };
}

/** For tests: ten minutes of lateness, and no exchange rates. */
export const TEST_RULES: WindowRules = {
  convert: (amount, from, to) => from === to ? amount : undefined,
  reportingCurrency: undefined,
  allowedLatenessMs: 600_000,
};
