import assert from "node:assert/strict";
import { readColdProgress, readColdWindows } from "@countinghouse/cold";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { listOpenAlarms, listRestatements, readBooks, readContext } from "@countinghouse/hot";
import { lakeBooks } from "@countinghouse/lake/books";
import {
  comparisonsOf,
  everyoneAt,
  purchase,
  type ReconciledShop,
  RULES,
  sent,
  withReconciledShop,
} from "@countinghouse/reconcile/testing";
import { testApp } from "../app_fixture.ts";
import { EXPLAINED_METRICS } from "./explain_metric.ts";
import { explainSources } from "./explain_sources.ts";
import { createHistory } from "./history.ts";
import { readQuality } from "./quality_figures.ts";

const HOUR_MS = 60 * MINUTE_MS;
const startMs = minuteStart(Date.now() - 6 * HOUR_MS);
const minute = new Date(startMs).toISOString();

/** The web app on a shop's own stores. */
function appOf({ hot, cold, lake, reader, fold }: ReconciledShop, hotRetentionMs: number) {
  const books = () => readBooks(hot.database);
  return testApp([], {
    books,
    now: Date.now,
    history: createHistory({
      hot: reader,
      cold: (asked) => readColdWindows(cold, asked),
      coldProgress: (nowMs) => readColdProgress(cold, nowMs),
      context: (storeId) => readContext(hot.database, storeId, RULES),
      rules: RULES,
      hotRetentionMs,
    }),
    explain: explainSources(hot.database, cold, fold.dedup),
    quality: {
      figures: () =>
        readQuality(
          { database: hot.database, cold, books, lakeBooks: () => lakeBooks(lake) },
          Date.now(),
        ),
      restatements: (query) => listRestatements(hot.database, query),
      alarms: (query) => listOpenAlarms(hot.database, query),
    },
  });
}

Deno.test("what is shown of a repaired minute is what the query gives, metric by metric, in both stores", () =>
  withReconciledShop({ startMs, dedup: { horizonMs: 30 * MINUTE_MS, maxIds: 1_000 } }, async (shop) => {
    const ahead = { id: "ahead", user: "dora", timeMs: startMs + HOUR_MS, atMs: startMs + 5_000 };
    const order = { id: "p1", user: "anna", cents: 1_999, order: "o1", timeMs: startMs + 1_000 };
    await shop.take([
      ...everyoneAt(startMs),
      sent(ahead),
      purchase(order),
      purchase(order),
      purchase({ ...order, id: "p2", order: "o2", cents: 501, timeMs: startMs + 6_000 }),
    ]);
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    await shop.take([
      purchase({ ...order, atMs: startMs + 3 * HOUR_MS }),
      sent({ id: "late", user: "anna", timeMs: startMs + 7_000, atMs: startMs + 3 * HOUR_MS }),
      sent({ id: "r1", user: "anna", type: "refund", value: 5, currency: "EUR", timeMs: startMs + 8_000 }),
    ]);
    await shop.take(everyoneAt(startMs + 4 * HOUR_MS));
    const { lookTwice, lake } = comparisonsOf(shop);
    const stretch = { fromMs: startMs - HOUR_MS, toMs: startMs + 12 * HOUR_MS };
    await lookTwice(stretch);
    await lookTwice(stretch);
    await lake.look(Date.now());

    for (const retentionMs of [7 * 24 * HOUR_MS, HOUR_MS]) {
      using app = appOf(shop, retentionMs);
      await Promise.all(
        Object.keys(EXPLAINED_METRICS).map(async (metric) => {
          const answer = await (await app.get(`/explain?minute=${minute}&metric=${metric}`)).json();
          assert.equal(answer.source, retentionMs === HOUR_MS ? "warehouse" : "hot");
          assert.equal(answer.status, "restated");
          const [row] = answer.query.result;
          const given = row.value ?? row.minor_units / 100 / (metric === "aov" ? row.purchases : 1);
          assert.equal(given, answer.value, `${metric}: ${JSON.stringify(answer.query.result)}`);
        }),
      );
      const { duplicates, from, to, events } =
        (await (await app.get(`/explain?minute=${minute}&metric=gross_revenue`)).json()).partitions[0];
      assert.deepEqual(duplicates, { near: 1, old: 1 });
      assert.equal(events, 2);
      assert.ok(from < to);
    }

    using app = appOf(shop, 7 * 24 * HOUR_MS);
    const explained = await (await app.get(`/explain?minute=${minute}&metric=purchases`)).json();
    assert.equal(explained.correction.counts.purchases, -1);
    assert.deepEqual(explained.restatements[0].reasons.includes("old_duplicate"), true);
    const quality = await (await app.get("/quality")).json();
    assert.ok(quality.restatements.length > 0);
    assert.equal(quality.freshness.lake.lag_records, 0);
    assert.equal(quality.freshness.warehouse.newest_event_at, new Date(startMs + 4 * HOUR_MS).toISOString());
    assert.equal(quality.freshness.lake.newest_event_at, quality.freshness.warehouse.newest_event_at);
  }));
