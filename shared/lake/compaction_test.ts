import assert from "node:assert/strict";
import { compactLake, nextCompaction } from "./compaction.ts";
import { lakeBooks } from "./lake_books.ts";
import {
  append,
  EVERYTHING,
  heldRows,
  namesOf,
  openedAnew,
  records,
  T0,
  visibleRows,
} from "./lake_fixture.ts";
import { readLakeRows } from "./lake_rows.ts";
import { MemoryStore } from "./memory_store.ts";

const OPTIONS = { nowMs: () => T0 + 1_000, quietMs: 1_000, maxRows: 1_000 };

/** Two partitions, two stores and two hours, three files of each. */
async function fragmented() {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  for (const end of [4, 8, 12]) {
    for (const partition of [0, 1]) await append(lake, partition, records(0, end));
  }
  return { store, lake };
}

Deno.test("each store's hour becomes one file, sorted by event time, with the same rows and the same books", async () => {
  const { store, lake } = await fragmented();
  const before = { rows: await heldRows(lake), books: await lakeBooks(lake) };
  assert.ok(await compactLake(lake, OPTIONS) > 4);
  const files = lake.manifest.files();
  assert.equal(new Set(files.map(({ storeId, hourMs }) => `${storeId} ${hourMs}`)).size, files.length);
  assert.deepEqual({ rows: await heldRows(lake), books: await lakeBooks(lake) }, before);
  assert.deepEqual(await visibleRows(store), before.rows);
  for await (const rows of readLakeRows(lake, EVERYTHING, ["event_time", "partition", "offset"])) {
    const order = rows.map((row) => [row.event_time, row.partition, row.offset]);
    assert.deepEqual(order, order.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!));
  }
  assert.equal(await compactLake(lake, OPTIONS), 0);
});

Deno.test("an hour in which something came in lately waits", async () => {
  const { lake } = await fragmented();
  assert.equal(await compactLake(lake, { ...OPTIONS, quietMs: 1_001 }), 0);
});

Deno.test("an event that comes late into a compacted hour is taken in by the next compaction", async () => {
  const { lake } = await fragmented();
  await compactLake(lake, OPTIONS);
  const late = records(12, 13).map((record) => ({ ...record, value: records(0, 1)[0]!.value }));
  await append(lake, 0, late);
  assert.equal(nextCompaction(lake.manifest, OPTIONS).length, 2);
  await compactLake(lake, OPTIONS);
  assert.deepEqual(await heldRows(lake), [...namesOf(0, records(0, 13)), ...namesOf(1, records(0, 12))]);
});

Deno.test("an hour of many rows keeps several files, and a file that is large enough is left alone", async () => {
  const { lake } = await fragmented();
  await compactLake(lake, { ...OPTIONS, maxRows: 4 });
  const inFirstHour = lake.manifest.filesIn({ storeId: "north", fromMs: T0, toMs: T0 + 1 });
  assert.equal(inFirstHour.length, 2);
  assert.deepEqual(await heldRows(lake), [...namesOf(0, records(0, 12)), ...namesOf(1, records(0, 12))]);
});
