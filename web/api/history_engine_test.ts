import assert from "node:assert/strict";
import { ColdSink, readColdProgress, readColdWindows, refreshRollups, RowFold } from "@countinghouse/cold";
import { withColdStore } from "@countinghouse/cold/fixture";
import {
  createConvert,
  EVENT_TYPES,
  type LogRecord,
  MINUTE_MS,
  MinuteFold,
  type Offset,
} from "@countinghouse/core";
import {
  createMinuteReader,
  createSnapshotStore,
  HotSink,
  openHotStore,
  prepareHotStore,
  readContext,
} from "@countinghouse/hot";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { simulate } from "@countinghouse/simulate/simulation";
import { createHistory, type HistoryWindow } from "./history.ts";
import { calendarWindows } from "./history_windows.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const LATENESS_MS = 10 * MINUTE_MS;
const rules = { convert: createConvert(), reportingCurrency: undefined, allowedLatenessMs: LATENESS_MS };
const MINUTES = 60;

/** An hour of a shop, with what networks do to events, and an event much later that closes its minutes. */
function shopLog(): LogRecord[] {
  const shop = simulate({
    seed: 7,
    storeId: "default",
    startMs: START,
    rate: 2,
    rhythm: false,
    seconds: MINUTES * 60,
    faults: { duplicates: 0.05, disorder: 0.1, late: 0.02, poison: 0.01 },
  });
  const records = Array.from(shop, ({ value, intendedMs }, at): LogRecord => ({
    offset: at as Offset,
    appendTimeMs: intendedMs,
    key: null,
    value,
  }));
  const closing = {
    event_id: "closing",
    event_type: "page_view",
    event_ts: new Date(START + 3 * 3_600_000).toISOString(),
    user_id: "u",
    session_id: "s",
  };
  return [...records, {
    offset: records.length as Offset,
    appendTimeMs: START + 3 * 3_600_000,
    key: null,
    value: new TextEncoder().encode(JSON.stringify(closing)),
  }];
}

Deno.test("a minute is the same from the hot store and from the warehouse, with a filter for all, and in its hour", () =>
  withColdStore(async (cold) => {
    const mongo = new URL(loadEndpoints(loadSettings()).mongoUri);
    mongo.pathname = `/history_${crypto.randomUUID().replaceAll("-", "")}`;
    const hot = openHotStore(mongo.href);
    try {
      await prepareHotStore(hot.database, 100 * 365 * 86_400_000);
      const records = shopLog();
      const through = records.length as Offset;
      const batch = { partition: 0, records, from: 0 as Offset, through, end: through };
      const minutes = new MinuteFold(0, {
        allowedLatenessMs: LATENESS_MS,
        maxSkewMs: 5 * MINUTE_MS,
        sessionTimeoutMs: 30 * MINUTE_MS,
        dedup: { horizonMs: 3_600_000, maxIds: 100_000 },
      });
      const rows = new RowFold(0, 0 as Offset);
      const written = { partition: 0, through, end: through, caughtUpMs: undefined };
      minutes.apply(batch);
      rows.apply(batch);
      await new HotSink(hot.database, createSnapshotStore(hot.database, "rollup"), Date.now)
        .write({ ...written, change: minutes.take(true) });
      await new ColdSink(cold).write({ ...written, change: rows.take() });

      const ask = (hotFromMs: number, step: "1m" | "1h" = "1m", filter = {}) =>
        createHistory({
          hot: createMinuteReader(hot.database, rules),
          cold: (asked) => readColdWindows(cold, asked),
          coldProgress: (nowMs) => readColdProgress(cold, nowMs),
          context: (storeId) => readContext(hot.database, storeId, rules),
          rules,
          // The answer for minutes before this comes from the warehouse.
          hotRetentionMs: START + 4 * 3_600_000 - hotFromMs + 15 * MINUTE_MS,
        })({
          storeId: "default",
          step,
          windows: calendarWindows(step, "UTC", START, START + MINUTES * MINUTE_MS),
          filter,
          fill: true,
        }, START + 4 * 3_600_000);
      const figures = (windows: readonly HistoryWindow[]) =>
        windows.map(({ source: _, ...window }) => window);

      const allHot = await ask(START);
      assert.equal(allHot.length, MINUTES);
      assert.ok(allHot.every(({ source, metrics }) => source === "hot" && metrics.events > 0));
      for (const refreshed of [false, true]) {
        if (refreshed) await refreshRollups(cold, { settledMs: START + 4 * 3_600_000 });
        const mixed = await ask(START + 30 * MINUTE_MS);
        assert.equal(mixed.filter(({ source }) => source === "warehouse").length, 30);
        assert.deepEqual(figures(mixed), figures(allHot));
        assert.deepEqual(
          figures(await ask(START, "1m", { event_type: [...EVENT_TYPES, "other"] })),
          figures(allHot),
        );
        const [hour] = await ask(START, "1h");
        const total = (of: (window: HistoryWindow) => number) =>
          allHot.reduce((sum, window) => sum + of(window), 0);
        assert.equal(hour?.metrics.events, total(({ metrics }) => metrics.events));
        for (const [currency, { revenue_minor }] of Object.entries(hour?.metrics.by_currency ?? {})) {
          assert.equal(
            revenue_minor,
            total(({ metrics }) => metrics.by_currency[currency]?.revenue_minor ?? 0),
          );
        }
        assert.ok(
          hour !== undefined && hour.metrics.unique_users < total(({ metrics }) => metrics.unique_users),
        );
      }
    } finally {
      await hot.database.dropDatabase();
      await hot.close();
    }
  }));
