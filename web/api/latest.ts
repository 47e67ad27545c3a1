import { type KpiWindow, MINUTE_MS } from "@countinghouse/core";
import type { MinuteReader } from "@countinghouse/hot";
import type { ReadHistory } from "./history.ts";

/** Answers a store's newest minute. */
export type ReadLatest = (storeId: string, nowMs: number) => Promise<KpiWindow>;

/** Where the newest minute is looked for. */
export interface LatestSources {
  readonly hot: Pick<MinuteReader, "latest">;
  readonly history: ReadHistory;
  /** The start of the store's newest minute in the warehouse; undefined where that holds no event of it. */
  readonly newestColdMinute: (storeId: string) => Promise<number | undefined>;
}

/**
 * Reads the newest minute with events: of the hot store, and of the warehouse for a store whose events are all history.
 * A store that nobody has heard of has the current minute, with zeros.
 */
export function createLatest({ hot, history, newestColdMinute }: LatestSources): ReadLatest {
  return async (storeId, nowMs) => {
    const young = await hot.latest(storeId, nowMs);
    if (young.metrics.events > 0) return young;
    const fromMs = await newestColdMinute(storeId);
    if (fromMs === undefined) return young;
    const windows = [{ fromMs, toMs: fromMs + MINUTE_MS }];
    const [old] = await history({ storeId, step: "1m", windows, filter: {}, fill: false }, nowMs);
    return old ?? young;
  };
}
