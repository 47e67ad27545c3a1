import type { LogRecord, Offset } from "@countinghouse/core";
import { simulate } from "@countinghouse/simulate/simulation";

/** What kind of records, and how many. */
export interface ShopRecordsOptions {
  readonly events: number;
  readonly perSecond: number;
  /** Shares (0 to 1) of all records. */
  readonly faults?: { readonly duplicates?: number; readonly poison?: number };
}

/** A simulated shop's events as a partition of the log holds them, the same on every run. */
export function shopRecords({ events, perSecond, faults = {} }: ShopRecordsOptions): LogRecord[] {
  const { duplicates = 0, poison = 0 } = faults;
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: Date.UTC(2026, 2, 1, 12),
    rate: perSecond,
    rhythm: false,
    count: events,
    faults: { duplicates, poison, disorder: 0.05, late: 0 },
  });
  return Array.from(shop, ({ key, value, intendedMs }, at) => ({
    offset: at as Offset,
    appendTimeMs: Math.floor(intendedMs),
    key,
    value,
  }));
}
