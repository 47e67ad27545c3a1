import { emptyCohort, emptyPart, type KpiWindow, MINUTE_MS, minuteStart } from "@countinghouse/core";
import type { MinuteRange, MinuteReader, PartitionBooks } from "@countinghouse/hot";
import { createHistory } from "./api/history.ts";
import { LiveStreams } from "./api/live_streams.ts";
import { type AppSources, createApp } from "./app.ts";
import { textEvents } from "./export_fixture.ts";
import { kpiMinute } from "./kpi_fixture.ts";
import { emptyExplainSources, qualitySources } from "./quality_fixture.ts";

/** For tests: the time that it is in them. */
export const NOW = Date.parse("2026-03-01T12:00:30Z");

/** For tests: an app on minutes in memory, with whatever else a test wants to be different. */
export function testApp(windows: readonly KpiWindow[] = [], sources: Partial<AppSources> = {}) {
  const ranges: MinuteRange[] = [];
  const streams = new LiveStreams(() => NOW);
  const reader: MinuteReader = {
    windows(range) {
      ranges.push(range);
      const starts = ({ window_start }: KpiWindow) => Date.parse(window_start);
      return Promise.resolve(
        windows.filter((window) =>
          window.store_id === range.storeId && starts(window) >= range.startMs && starts(window) < range.endMs
        ),
      );
    },
    latest(storeId, nowMs) {
      const newest = windows.filter(({ store_id }) => store_id === storeId).at(-1);
      const none = { ...kpiMinute({ startMs: minuteStart(nowMs), storeId, counts: { events: 0 } }) };
      return Promise.resolve(newest ?? none);
    },
  };
  const history = createHistory({
    hot: reader,
    cold: () => Promise.resolve(new Map()),
    coldProgress: () => Promise.resolve(new Map()),
    context: () => Promise.resolve({ partitions: [], currency: undefined }),
    rules: { convert: () => undefined, reportingCurrency: undefined, allowedLatenessMs: 600_000 },
    hotRetentionMs: 7 * 86_400_000,
  });
  const app = createApp({
    reader,
    history,
    latest: reader.latest,
    streams,
    isFollowing: () => true,
    books: () => Promise.resolve([partitionBooks(0), partitionBooks(1)]),
    exportedEvents: textEvents([]),
    sessions: { cohort: () => Promise.resolve(emptyCohort()), timeoutMs: 30 * MINUTE_MS },
    dimension: () => Promise.resolve({ parts: new Map(), other: emptyPart() }),
    ledger: {
      deadLetters: () => Promise.resolve(2),
      sinks: {
        hot: () => Promise.resolve(18),
        warehouse: () => Promise.reject(new Error("away")),
        lake: () => Promise.resolve(null),
      },
    },
    quality: qualitySources(),
    explain: emptyExplainSources(),
    checks: {},
    client: { script: "/assets/client.js", style: "/assets/style.css", preload: [] },
    assets: new Map(),
    now: () => NOW,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...sources,
  });
  const get = (path: string, init?: RequestInit) => app.fetch(new Request(`http://localhost${path}`, init));
  return { get, ranges, streams, [Symbol.dispose]: () => streams.close() };
}

/** For tests: books that balance. */
export function partitionBooks(partition: number): PartitionBooks {
  return {
    partition,
    read: 11,
    counted: 9,
    duplicates: 1,
    dead_lettered: 1,
    late: 0,
    skewed: 0,
    archived: 0,
    through: 11,
    end: 14,
    watermark: null,
    written: new Date(NOW),
  };
}
