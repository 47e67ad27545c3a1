import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { minuteDocument, partitionDocument, TEST_RULES } from "./minute_fixture.ts";
import { RecentMinutes } from "./recent_minutes.ts";

const MINUTE = Date.parse("2026-03-01T12:00:00Z");
const KEY = { storeId: "default", minuteMs: MINUTE };
const events = (count: number, more: { partition?: number; through?: number; store?: string } = {}) =>
  minuteDocument({ minuteMs: MINUTE, counts: { events: count }, ...more });

function recentFrom(floorMs: number, ...documents: ReturnType<typeof minuteDocument>[]): RecentMinutes {
  const recent = new RecentMinutes(TEST_RULES);
  recent.reset(floorMs, documents);
  return recent;
}

Deno.test("a changed document is published with its minute's other partitions", () => {
  const recent = recentFrom(MINUTE, events(3, { partition: 0 }));
  recent.take(10);
  recent.adopt(events(4, { partition: 1 }));
  assert.deepEqual(recent.take(10).map(({ minuteMs }) => minuteMs), [MINUTE]);
  assert.equal(recent.window(KEY).metrics.events, 7);
});

Deno.test("many changes of a minute are one, and it is unchanged once taken", () => {
  const recent = recentFrom(MINUTE);
  for (let through = 1; through <= 5; through++) recent.adopt(events(through, { through }));
  assert.equal(recent.take(10).length, 1);
  assert.equal(recent.hasChanges, false);
});

Deno.test("an older version that arrives again does not replace a newer one", () => {
  const recent = recentFrom(MINUTE, events(9, { through: 9 }));
  recent.adopt(events(5, { through: 5 }));
  assert.equal(recent.window(KEY).metrics.events, 9);
});

Deno.test("the newest minutes are taken first, the rest next time", () => {
  const recent = recentFrom(MINUTE);
  for (const ago of [2, 0, 1]) {
    recent.adopt(minuteDocument({ minuteMs: MINUTE + (5 - ago) * MINUTE_MS, counts: { events: 1 } }));
  }
  const at = (keys: readonly { minuteMs: number }[]) =>
    keys.map(({ minuteMs }) => (minuteMs - MINUTE) / MINUTE_MS);
  assert.deepEqual(at(recent.take(2)), [5, 4]);
  assert.deepEqual(at(recent.take(2)), [3]);
});

Deno.test("a minute below the floor is noted as changed, and not held", () => {
  const recent = recentFrom(MINUTE + MINUTE_MS);
  recent.adopt(events(1));
  assert.deepEqual(recent.take(10).map((key) => recent.covers(key)), [false]);
  assert.equal(recent.size, 0);
  assert.equal(recent.window(KEY, [events(1), events(2, { partition: 1 })]).metrics.events, 3);
});

Deno.test("raising the floor lets go of what is below it", () => {
  const recent = recentFrom(MINUTE, events(1));
  recent.raiseFloor(MINUTE + MINUTE_MS);
  assert.equal(recent.size, 0);
  recent.raiseFloor(MINUTE);
  assert.equal(recent.covers(KEY), false);
});

Deno.test("a minute that became final by a partition's watermark is published again", () => {
  const recent = recentFrom(MINUTE, events(1));
  recent.adoptPartition(partitionDocument({ _id: 0, end: 1, watermark: new Date(MINUTE) }));
  recent.take(10);
  assert.equal(recent.window(KEY).status, "provisional");
  recent.reviewStatus();
  assert.equal(recent.hasChanges, false);
  recent.adoptPartition(partitionDocument({ _id: 0, end: 1, watermark: new Date(MINUTE + MINUTE_MS) }));
  recent.reviewStatus();
  recent.take(10);
  assert.equal(recent.window(KEY).status, "final");
});

Deno.test("a store's first money changes how its minutes are shown, and no other store's", () => {
  const recent = recentFrom(MINUTE, events(1), events(1, { store: "berlin" }));
  recent.take(10);
  recent.adoptStore({ _id: "berlin", first_money: { at: new Date(MINUTE), currency: "EUR" } });
  assert.deepEqual(recent.take(10).map(({ storeId }) => storeId), ["berlin"]);
  assert.equal(recent.window({ ...KEY, storeId: "berlin" }).metrics.currency, "EUR");
});

Deno.test("a deleted document is no longer counted", () => {
  const kept = events(2, { partition: 1, store: "a/b" });
  const gone = events(3, { partition: 0, store: "a/b" });
  const recent = recentFrom(MINUTE, kept, gone);
  recent.take(10);
  recent.forget(gone._id);
  assert.equal(recent.hasChanges, true);
  assert.equal(recent.window({ ...KEY, storeId: "a/b" }).metrics.events, 2);
});
