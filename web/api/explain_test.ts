import assert from "node:assert/strict";
import type { MinorUnits } from "@countinghouse/core";
import { type EventRecord, recount } from "@countinghouse/reconcile";
import { NOW, testApp } from "../app_fixture.ts";
import { kpiMinute } from "../kpi_fixture.ts";
import { emptyExplainSources } from "../quality_fixture.ts";

const MINUTE = "2026-03-01T11:00:00Z";
const minuteMs = Date.parse(MINUTE);

const record = (offset: number, given: Partial<EventRecord> = {}): EventRecord => ({
  partition: 0,
  offset,
  appendTimeMs: minuteMs + offset,
  eventTimeMs: minuteMs,
  countedTimeMs: minuteMs,
  eventId: `e${offset}`,
  type: "page_view",
  orderId: undefined,
  userId: "u",
  sessionId: "s",
  amount: undefined,
  currency: undefined,
  ...given,
});
const purchase = (offset: number, id: string, given: Partial<EventRecord> = {}) =>
  record(offset, { eventId: id, type: "purchase", orderId: `o-${id}`, amount: 100 as MinorUnits, ...given });

function appWith(records: readonly EventRecord[], counted: readonly EventRecord[]) {
  const parts = new Map([[0, recount(counted, new Map())]]);
  return testApp([kpiMinute({ startMs: minuteMs, counts: { purchases: 2 } })], {
    explain: emptyExplainSources({
      dedup: { horizonMs: 60_000, maxIds: 1_000 },
      ask: (metric, parameters) => Promise.resolve([{ metric, ...parameters, value: 2 }]),
      records: () => Promise.resolve({ asked: records, withCopies: records }),
      closings: () => Promise.resolve(new Map([[0, 20]])),
      stored: () => Promise.resolve({ parts, correction: null }),
    }),
  });
}

Deno.test("/explain says which records count, and which copies of them do not, near and old", async () => {
  const old = purchase(60, "p1", { appendTimeMs: minuteMs + 300_000 });
  const records = [record(3), purchase(5, "p1"), purchase(6, "p1"), purchase(30, "p2"), old];
  using app = appWith(records, records.filter(({ offset }) => offset !== 6));
  const explained = await (await app.get(`/explain?minute=${MINUTE}&metric=purchases`)).json();
  assert.equal(explained.value, 2);
  assert.equal(explained.source, "hot");
  assert.deepEqual(explained.query.result, [
    { metric: "purchases", store: "default", minute: minuteMs / 1_000, value: 2 },
  ]);
  assert.match(explained.query.sql, /countIf\(event_type = 'purchase'\)/);
  assert.deepEqual(explained.partitions, [
    { partition: 0, from: 5, to: 30, events: 2, late: 1, skewed: 0, duplicates: { near: 1, old: 1 } },
  ]);
  assert.deepEqual(explained.event_ids, ["p1", "p2"]);
  assert.deepEqual(
    explained.excluded_duplicates.map(({ offset, kind }: { offset: number; kind: string }) => [offset, kind]),
    [[6, "near"], [60, "old"]],
  );
});

Deno.test("every metric of the minute can be explained, late and skewed events too", async () => {
  const records = [record(3), record(30), record(31, { countedTimeMs: minuteMs + 1 })];
  using app = appWith(records, records);
  const explain = async (metric: string) =>
    await (await app.get(`/explain?minute=${MINUTE}&metric=${metric}`)).json();
  const short = await (await app.get("/explain?minute=2026-03-01T11:00Z&metric=events")).json();
  assert.equal(short.minute, "2026-03-01T11:00:00.000Z");
  assert.deepEqual((await explain("late_events")).event_ids, ["e30", "e31"]);
  assert.deepEqual((await explain("skewed_events")).event_ids, ["e31"]);
  const { metrics } = kpiMinute({ startMs: NOW });
  const others = ["currency", "unconverted", "by_currency"];
  for (const metric of Object.keys(metrics).filter((name) => !others.includes(name))) {
    assert.equal((await explain(metric)).metric, metric);
  }
});

Deno.test("an unknown metric or a missing minute is a problem that names it", async () => {
  using app = appWith([], []);
  const response = await app.get("/explain?metric=happiness");
  assert.equal(response.status, 400);
  const { errors } = await response.json();
  assert.deepEqual(errors.map(({ parameter }: { parameter: string }) => parameter), ["minute", "metric"]);
});
