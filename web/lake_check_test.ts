import assert from "node:assert/strict";
import type { PartitionBooks } from "@countinghouse/hot";
import type { LakeBooks } from "@countinghouse/lake/books";
import { eventsInLake } from "./api/ledger.ts";
import { checkLake } from "./lake_check.ts";

function lakeAt(...through: number[]): LakeBooks[] {
  return through.map((through, partition) => ({ partition, held: through, through }) as LakeBooks);
}

function rollupAt(...through: number[]): PartitionBooks[] {
  return through.map((through, partition) => ({ partition, through, duplicates: 2 }) as PartitionBooks);
}

Deno.test("a lake that is behind is well as long as it moves; one that stands still for longer than a batch is not", async () => {
  let lake = lakeAt(10);
  let nowMs = 0;
  const ask = checkLake({
    held: () => Promise.resolve(lake),
    books: () => Promise.resolve(rollupAt(100, 5)),
    now: () => nowMs,
    batchAgeMs: 10_000,
  });
  assert.deepEqual(await ask(), { reached: 10, lag: 95 });
  nowMs = 40_000;
  assert.deepEqual(await ask(), { reached: 10, lag: 95 });
  nowMs = 41_000;
  await assert.rejects(ask, { message: "the lake is 95 records behind and has stood still for 41 s" });
  lake = lakeAt(50);
  assert.deepEqual(await ask(), { reached: 50, lag: 55 });
  lake = lakeAt(100, 5);
  nowMs = 1_000_000;
  assert.deepEqual(await ask(), { reached: 105, lag: 0 });
});

Deno.test("the lake's events are its rows without the duplicates in them", () => {
  assert.equal(eventsInLake(lakeAt(100, 5), rollupAt(100, 5)), 101);
  assert.equal(eventsInLake([], rollupAt(100)), 0);
});
