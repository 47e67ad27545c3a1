import assert from "node:assert/strict";
import { type LogRecord, MINUTE_MS, MinuteFold, type Offset } from "@countinghouse/core";
import { readDimension } from "./breakdown_reader.ts";
import { readCohort } from "./cohort_reader.ts";
import { HotSink } from "./hot_sink.ts";
import { withHotStore } from "./hot_store_fixture.ts";
import { createSnapshotStore } from "./snapshot_store.ts";

const T0 = Date.parse("2026-03-01T12:00:00.000Z");
/** Each visitor goes one step further than the one before; all come from one of two countries. */
const VISITS = [
  ["page_view"],
  ["page_view", "add_to_cart"],
  ["view_item", "add_to_cart", "begin_checkout"],
  ["view_item", "add_to_cart", "begin_checkout", "purchase"],
];

function recordsOf(partition: number): LogRecord[] {
  const events = VISITS.flatMap((types, visitor) =>
    types.map((event_type, step) => ({
      event_type,
      event_ts: new Date(T0 + visitor * MINUTE_MS + step * 1_000).toISOString(),
      user_id: `u-${partition}-${visitor}`,
      session_id: "s",
      geo: { country: visitor % 2 === 0 ? "DE" : "FR" },
    }))
  );
  return events.map((event, offset) => ({
    offset: offset as Offset,
    appendTimeMs: Date.parse(event.event_ts),
    key: null,
    value: new TextEncoder().encode(JSON.stringify({ ...event, event_id: `e-${partition}-${offset}` })),
  }));
}

Deno.test("sessions and dimensions of a range are added up over its minutes and partitions", async () => {
  await withHotStore(async ({ database }) => {
    const sink = new HotSink(database, createSnapshotStore(database, "rollup"), () => T0);
    for (const partition of [0, 1]) {
      const records = recordsOf(partition);
      const through = records.length as Offset;
      const fold = new MinuteFold(partition, {
        allowedLatenessMs: 60_000,
        maxSkewMs: 60_000,
        dedup: { horizonMs: 3_600_000, maxIds: 1_000 },
        sessionTimeoutMs: 1_800_000,
      });
      fold.apply({ partition, records, from: 0 as Offset, through, end: through });
      await sink.write({ partition, through, end: through, change: fold.take(true) });
    }
    const all = { storeId: "default", startMs: T0, endMs: T0 + 4 * MINUTE_MS };
    const cohort = await readCohort(database, all);
    assert.deepEqual(cohort.reached, [8, 6, 4, 2]);
    assert.deepEqual([cohort.started, cohort.bounced, cohort.events, cohort.lastSeen], [8, 2, 20, 8]);
    assert.deepEqual((await readCohort(database, { ...all, endMs: T0 + MINUTE_MS })).reached, [2, 0, 0, 0]);
    assert.equal((await readCohort(database, { ...all, storeId: "other" })).started, 0);

    const { parts, other } = await readDimension(database, "country", all);
    const events = [...parts].map(([country, { counts }]) => [country, counts.events]).sort();
    assert.deepEqual(events, [["DE", 8], ["FR", 12]]);
    assert.equal(other.counts.events, 0);
  });
});
