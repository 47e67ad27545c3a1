import assert from "node:assert/strict";
import type { LogRecord } from "@countinghouse/core";
import { readColdBooks } from "./cold_books.ts";
import { ColdSink } from "./cold_sink.ts";
import type { ColdStore } from "./cold_store.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { batchOf, PARTITION, record, T0 } from "./log_records_fixture.ts";
import { RowFold } from "./row_fold.ts";

const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => record(from + at, {}));

/** Writes records as a worker does that stands at the first of them. */
async function write(sink: ColdSink, all: readonly LogRecord[], partition = PARTITION): Promise<void> {
  const batch = batchOf(all, partition);
  const fold = new RowFold(partition, batch.from);
  fold.apply(batch);
  await sink.write({ partition, through: fold.through, end: batch.end, change: fold.take() });
}

async function physicalRows(store: ColdStore): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(store, "SELECT toUInt32(count()) AS n FROM events");
  return row?.n ?? NaN;
}

/** Keeps merges out of what a test looks at. */
const stopMerges = (store: ColdStore) => store.client.command({ query: "SYSTEM STOP MERGES events" });

Deno.test("an empty warehouse stands at the start", () =>
  withColdStore(async (store) => {
    assert.equal(await new ColdSink(store).position(PARTITION), 0);
    assert.deepEqual(await readColdBooks(store), []);
  }));

Deno.test("the position is behind the last row, per partition", () =>
  withColdStore(async (store) => {
    const sink = new ColdSink(store);
    await write(sink, records(0, 10));
    await write(sink, records(10, 25));
    await write(sink, records(0, 3), 0);
    assert.equal(await sink.position(PARTITION), 25);
    assert.equal(await sink.position(0), 3);
    assert.equal(await sink.position(1), 0);
    assert.deepEqual(await readColdBooks(store), [
      { partition: 0, held: 3, through: 3 },
      { partition: PARTITION, held: 25, through: 25 },
    ]);
  }));

Deno.test("a refused record at the end is read again; one before the end is passed", () =>
  withColdStore(async (store) => {
    const sink = new ColdSink(store);
    await write(sink, [record(0, {}), record(1, "{broken"), record(2, {}), record(3, "{broken")]);
    assert.equal(await sink.position(PARTITION), 3);
    assert.deepEqual(await readColdBooks(store), [{ partition: PARTITION, held: 2, through: 3 }]);
  }));

Deno.test("after a lost reply the same write comes again, and is stored once", () =>
  withColdStore(async (store) => {
    const sink = new ColdSink(store);
    await write(sink, records(0, 100));
    await write(sink, records(0, 100));
    assert.equal(await physicalRows(store), 100);
  }));

Deno.test("a replay with other boundaries and a zombie's late write change neither books nor position", () =>
  withColdStore(async (store) => {
    await stopMerges(store);
    const sink = new ColdSink(store);
    await write(sink, records(0, 100));
    await write(sink, records(50, 180));
    await write(sink, records(20, 90));
    await write(sink, records(100, 130));
    assert.equal(await physicalRows(store), 330);
    assert.equal(await sink.position(PARTITION), 180);
    assert.deepEqual(await readColdBooks(store), [{ partition: PARTITION, held: 180, through: 180 }]);
    const [final] = await rowsOf(store, "SELECT toUInt32(count()) AS n FROM events FINAL");
    assert.deepEqual(final, { n: 180 });

    await store.client.command({ query: "SYSTEM START MERGES events" });
    await store.client.command({ query: "OPTIMIZE TABLE events FINAL" });
    assert.equal(await physicalRows(store), 180, "a merge removes what is there twice");
    assert.deepEqual(await readColdBooks(store), [{ partition: PARTITION, held: 180, through: 180 }]);
  }));

Deno.test("a batch across the end of a month is stored in order, a part each", () =>
  withColdStore(async (store) => {
    await stopMerges(store);
    const sink = new ColdSink(store);
    const rows = records(0, 4).map((one, at) => ({ ...one, appendTimeMs: T0 + at * 20 * 86_400_000 }));
    await write(sink, rows);
    assert.deepEqual(
      await rowsOf(
        store,
        `SELECT partition AS month, toUInt32(rows) AS rows FROM system.parts
          WHERE database = currentDatabase() AND table = 'events' AND active ORDER BY min_block_number, month`,
      ),
      [{ month: "202603", rows: 2 }, { month: "202604", rows: 2 }],
    );
    assert.equal(await sink.position(PARTITION), 4);
  }));

Deno.test("position and books are read from the projection, a few rows per part", () =>
  withColdStore(async (store) => {
    const sink = new ColdSink(store);
    await write(sink, records(0, 20_000));
    await write(sink, records(20_000, 40_000));
    for (
      const query of [
        `SELECT max(offset) + 1 FROM events WHERE partition = ${PARTITION} GROUP BY partition`,
        "SELECT partition, groupBitmap(offset), max(offset) + 1 FROM events GROUP BY partition ORDER BY partition",
      ]
    ) {
      const plan = await rowsOf<{ explain: string }>(store, `EXPLAIN ${query}`);
      assert.match(plan.map(({ explain }) => explain).join("\n"), /ReadFromMergeTree \(books\)/, query);
    }
  }));

Deno.test("whatever a shop may send is stored as it was sent", () =>
  withColdStore(async (store) => {
    const sink = new ColdSink(store);
    const awkward = "quote ' \" back\\slash \\ud800 nul \u0000 tab\t line\n\u2028 emoji 🛒 ünï";
    const order = {
      event_type: "purchase",
      user_id: awkward,
      page: awkward,
      order_id: awkward,
      currency: "JPY",
      items: [{ product_id: awkward, price: 1e10, quantity: 2.5 }, { product_id: "b" }],
      geo: { country: "JP", lat: -0.1, lon: 1e-7 },
      device: { mobile: true },
      note: { deep: [awkward, null, 1.5] },
    };
    await write(sink, [
      record(0, order),
      record(1, { event_ts: "9999-12-31T23:59:59.999Z" }),
      record(2, { event_ts: "1970-01-01T00:00:00Z" }),
      record(3, { page: "lone \ud800 surrogate" }),
      record(4, { page: "x".repeat(900_000) }),
    ]);
    const rows = await rowsOf<Record<string, unknown>>(
      store,
      `SELECT *, toString(toUnixTimestamp64Milli(event_time)) AS event_ms FROM events ORDER BY offset`,
    );
    const [first, latest, earliest, lone, long] = rows;
    assert.deepEqual([first?.["user_id"], first?.["page"], first?.["order_id"]], [awkward, awkward, awkward]);
    assert.equal(first?.["amount"], 25_000_000_000);
    assert.deepEqual(first?.["items"], [
      { product_id: awkward, amount: 25_000_000_000, quantity: 2.5 },
      { product_id: "b", amount: null, quantity: 1 },
    ]);
    assert.deepEqual([first?.["lat"], first?.["lon"], first?.["mobile"], first?.["city"]], [
      -0.1,
      1e-7,
      true,
      "",
    ]);
    assert.deepEqual(JSON.parse(String(first?.["unknown_fields"])), { note: order.note });
    assert.equal(latest?.["event_ms"], "253402300799999");
    assert.equal(earliest?.["event_ms"], "0");
    assert.deepEqual([earliest?.["amount"], earliest?.["mobile"], earliest?.["lat"]], [null, null, null]);
    assert.equal(lone?.["page"], "lone \ufffd surrogate");
    assert.equal(String(long?.["page"]).length, 900_000);
  }));
