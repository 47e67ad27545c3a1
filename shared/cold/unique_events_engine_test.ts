import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "@countinghouse/core";
import { ColdSink } from "./cold_sink.ts";
import type { ColdStore } from "./cold_store.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { batchOf, record, T0 } from "./log_records_fixture.ts";
import { RowFold } from "./row_fold.ts";
import { countUniqueEvents } from "./count_unique_events.ts";
import { type EventRange, uniqueEvents } from "./unique_events.ts";

const DAY_MS = 86_400_000;
const EVERYTHING: EventRange = { storeId: "default", fromMs: 0, toMs: T0 + 400 * DAY_MS };

async function write(store: ColdStore, records: readonly LogRecord[], partition = 0): Promise<void> {
  const batch = batchOf(records, partition);
  const fold = new RowFold(partition, batch.from);
  fold.apply(batch);
  await new ColdSink(store).write({ partition, through: fold.through, end: batch.end, change: fold.take() });
}

async function offsetsOf(store: ColdStore, range: EventRange): Promise<number[]> {
  const { sql, params } = uniqueEvents(range);
  const rows = await rowsOf<{ at: number }>(
    store,
    `SELECT toUInt32(offset) AS at FROM ${sql} ORDER BY offset`,
    params,
  );
  return rows.map(({ at }) => at);
}

Deno.test("the first record of an event_id counts, also when they are months apart and across partitions", () =>
  withColdStore(async (store) => {
    await write(store, [
      record(0, { event_id: "a" }),
      record(1, { event_id: "b" }),
      record(2, { event_id: "a" }),
    ]);
    const later = { ...record(3, { event_id: "b" }), appendTimeMs: T0 + 100 * DAY_MS };
    await write(store, [later], 1);
    assert.deepEqual(await offsetsOf(store, EVERYTHING), [0, 1]);
  }));

Deno.test("the first purchase of an order_id counts; a refund of the same order is another thing", () =>
  withColdStore(async (store) => {
    await write(store, [
      record(0, { event_type: "begin_checkout", order_id: "o" }),
      record(1, { event_type: "purchase", order_id: "o" }),
      record(2, { event_type: "purchase", order_id: "o" }),
      record(3, { event_type: "refund", order_id: "o" }),
      record(4, { event_type: "purchase", order_id: "p" }),
      record(5, { event_type: "purchase" }),
      record(6, { event_type: "purchase" }),
      record(7, { event_type: "purchase", order_id: "o", store_id: "north" }),
    ]);
    assert.deepEqual(await offsetsOf(store, EVERYTHING), [0, 1, 3, 4, 5, 6]);
    assert.deepEqual(await offsetsOf(store, { ...EVERYTHING, storeId: "north" }), [7]);
  }));

Deno.test("a purchase that is a duplicate itself takes no order away", () =>
  withColdStore(async (store) => {
    await write(store, [
      record(0, { event_id: "x" }),
      record(1, { event_id: "x", event_type: "purchase", order_id: "o" }),
      record(2, { event_id: "y", event_type: "purchase", order_id: "o" }),
    ]);
    assert.deepEqual(await offsetsOf(store, EVERYTHING), [0, 2]);
  }));

Deno.test("a range leaves out what was first seen outside it", () =>
  withColdStore(async (store) => {
    const at = (ms: number) => ({ event_ts: new Date(T0 + ms).toISOString() });
    await write(store, [
      record(0, { event_id: "a", ...at(0) }),
      record(1, { event_id: "a", ...at(60_000) }),
      record(2, { event_id: "b", ...at(60_000) }),
      record(3, { event_id: "c", event_type: "purchase", order_id: "o", ...at(200_000) }),
      record(4, { event_id: "d", event_type: "purchase", order_id: "o", ...at(60_001) }),
      record(5, { event_id: "e", ...at(120_000) }),
    ]);
    const minute = { storeId: "default", fromMs: T0 + 60_000, toMs: T0 + 120_000 };
    assert.deepEqual(await offsetsOf(store, minute), [2]);
  }));

Deno.test("it agrees with a plain recount on any log, also while records are there twice", () =>
  withColdStore(async (store) => {
    const few = (letter: string) => fc.integer({ min: 0, max: 5 }).map((n) => `${letter}${n}`);
    const logs = fc.array(
      fc.record({
        event_id: few("e"),
        order_id: few("o"),
        event_type: fc.constantFrom("purchase", "search"),
      }),
      { minLength: 1, maxLength: 40 },
    );
    for (const log of fc.sample(logs, { numRuns: 15, seed: 7 })) {
      await store.client.command({ query: "TRUNCATE TABLE events" });
      const records = log.map((event, at) => record(at, event));
      await write(store, records);
      await write(store, records.slice(Math.floor(records.length / 2)));
      const seen = new Set<string>();
      const expected = log.flatMap((event, at) => {
        if (seen.has(event.event_id)) return [];
        seen.add(event.event_id);
        const order = `order ${event.order_id}`;
        if (event.event_type === "purchase" && seen.has(order)) return [];
        if (event.event_type === "purchase") seen.add(order);
        return [at];
      });
      assert.deepEqual(await offsetsOf(store, EVERYTHING), expected);
      const view = await rowsOf<{ at: number }>(
        store,
        "SELECT toUInt32(offset) AS at FROM events_unique ORDER BY at",
      );
      assert.deepEqual(view.map(({ at }) => at), expected);
      assert.equal(await countUniqueEvents(store), expected.length);
    }
  }));
