import {
  type Counter,
  type CurrencyCode,
  emptyRollup,
  type KpiWindow,
  kpiWindow,
  type MinorUnits,
  MINUTE_MS,
  type Status,
  zeroCounts,
} from "@countinghouse/core";

/** For tests: a minute of the API, of which only what the test speaks about is given. */
export function kpiMinute(
  { startMs, storeId = "default", status = "provisional", counts = {}, euroCents = 0, currency = "EUR" }: {
    readonly startMs: number;
    readonly storeId?: string;
    readonly status?: Status;
    readonly counts?: Partial<Record<Counter, number>>;
    readonly euroCents?: number;
    readonly currency?: string;
  },
): KpiWindow {
  const money = { gross: euroCents as MinorUnits, refunds: 0 as MinorUnits };
  const rollup = {
    ...emptyRollup(),
    counts: { ...zeroCounts(), events: 1, ...counts },
    money: new Map(euroCents === 0 ? [] : [["EUR" as CurrencyCode, money]]),
  };
  return kpiWindow(rollup, {
    storeId,
    startMs,
    endMs: startMs + MINUTE_MS,
    status,
    currency: currency as CurrencyCode,
    convert: (amount, from, to) => from === to ? amount : undefined,
    processingTimeMs: null,
  });
}
