import assert from "node:assert/strict";
import type { AlarmDocument, RestatementDocument, RestatementQuery } from "@countinghouse/hot";
import { testApp } from "../app_fixture.ts";
import { qualitySources } from "../quality_fixture.ts";

const restatement = (id: string): RestatementDocument => ({
  _id: id,
  store: "default",
  minute: new Date("2026-03-01T10:00:00Z"),
  at: new Date("2026-03-01T11:00:00Z"),
  reasons: ["old_duplicate"],
  changes: [{ metric: "purchases", from: 2, to: 1 }],
  events: [{
    event_id: "e1",
    partition: 1,
    offset: 7,
    append_time: new Date("2026-03-01T10:59:00Z"),
    reason: "old_duplicate",
  }],
  event_count: 1,
});

const alarm: AlarmDocument = {
  _id: "a",
  store: "default",
  minute: new Date("2026-03-01T09:00:00Z"),
  pair: "hot_warehouse",
  differences: [{ metric: "events", first: 3, second: 2 }],
  reason: "partition 0: events is 3 and the log gives 2",
  raised: new Date("2026-03-01T09:30:00Z"),
  seen: new Date("2026-03-01T12:00:00Z"),
  closed: null,
};

Deno.test("/quality tells drift, freshness, shares, restatements and alarms", async () => {
  using app = testApp([], {
    quality: qualitySources({
      restatements: () => Promise.resolve([restatement("r1")]),
      alarms: () => Promise.resolve([alarm]),
    }),
  });
  const quality = await (await app.get("/quality")).json();
  assert.deepEqual(quality.drift, {
    target: 0,
    hot_warehouse: { minutes_compared: 100, minutes_differing: 1, minutes_waiting: 0 },
    warehouse_lake: { minutes_compared: 90, minutes_differing: 0, minutes_waiting: 10 },
  });
  assert.equal(quality.last_pass.age_ms, 5_000);
  assert.equal(quality.freshness.warehouse.newest_event_age_ms, 1_500);
  assert.equal(quality.freshness.lake.lag_records, null);
  assert.equal(quality.duplicate_share, 0.1);
  assert.equal(quality.late_share, 0);
  assert.deepEqual([quality.dead_lettered, quality.dead_letters], [2, 2]);
  assert.deepEqual(quality.restatements[0].changes, [{ metric: "purchases", from: 2, to: 1 }]);
  assert.equal(quality.restatements[0].events[0].append_time, "2026-03-01T10:59:00.000Z");
  assert.equal(quality.open_alarms[0].reason, alarm.reason);
  assert.equal(quality.next, null);
});

Deno.test("restatements come in pages, each leading to the next", async () => {
  const queries: RestatementQuery[] = [];
  using app = testApp([], {
    quality: qualitySources({
      restatements: (query) => {
        queries.push(query);
        return Promise.resolve([restatement("m/1/nord"), restatement("m/0/nord|x")]);
      },
    }),
  });
  const { next } = await (await app.get("/quality?limit=2&store_id=nord")).json();
  await app.get(`/quality?limit=2&cursor=${encodeURIComponent(next)}`);
  const after = { atMs: Date.parse("2026-03-01T11:00:00Z"), id: "m/0/nord|x" };
  assert.deepEqual(queries, [
    { storeId: "nord", after: undefined, limit: 2 },
    { storeId: undefined, after, limit: 2 },
  ]);
});

Deno.test("a bad limit or cursor is a problem that names it", async () => {
  using app = testApp();
  const response = await app.get("/quality?limit=0&cursor=yesterday");
  assert.equal(response.status, 400);
  const { errors } = await response.json();
  assert.deepEqual(errors.map(({ parameter }: { parameter: string }) => parameter), ["limit", "cursor"]);
});

Deno.test("/metrics has the same as gauges, and goes without them where the stores are away", async () => {
  using app = testApp();
  const lines = (await (await app.get("/metrics")).text()).split("\n");
  for (
    const line of [
      'countinghouse_drift_minutes{pair="hot_warehouse"} 1',
      'countinghouse_compared_minutes{pair="warehouse_lake"} 90',
      "countinghouse_open_alarms 1",
      'countinghouse_newest_event_age_seconds{sink="hot"} 1',
      'countinghouse_sink_lag_records{sink="warehouse"} 3',
      "countinghouse_reconcile_pass_age_seconds 5",
    ]
  ) assert.ok(lines.includes(line), `${line} is missing`);
  assert.ok(!lines.some((line) => line.includes('sink="lake"')));
  using away = testApp([], {
    quality: qualitySources({ figures: () => Promise.reject(new Error("away")) }),
  });
  const text = await (await away.get("/metrics")).text();
  assert.match(text, /^countinghouse_up 1$/m);
  assert.ok(!text.includes("countinghouse_drift_minutes"));
});
