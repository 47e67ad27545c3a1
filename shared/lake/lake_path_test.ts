import assert from "node:assert/strict";
import { fileName, hourFolder, hourOf } from "./lake_path.ts";

const HOUR = Date.parse("2026-03-01T09:00:00Z");

Deno.test("a store's hour has its folder in Hive's layout, in UTC", () => {
  assert.equal(hourOf(HOUR + 3_599_999), HOUR);
  assert.equal(hourFolder("default", HOUR), "store_id=default/dt=2026-03-01/hour=09");
});

Deno.test("whatever a store is called, its folder has a name of letters that every store of objects takes", () => {
  const folders = [
    "a/b",
    "..",
    "café ☕",
    "lone \ud800",
    "*",
    "x".repeat(1_024),
    "y".repeat(1_024),
    "%2F",
    "~",
  ]
    .map((store) => hourFolder(store, HOUR).split("/"));
  for (const parts of folders) {
    assert.equal(parts.length, 3);
    assert.match(parts[0]!, /^store_id=[\w.%~-]{1,200}$/);
  }
  assert.equal(new Set(folders.map(([store]) => store)).size, folders.length);
});

Deno.test("a file is named after its partition and offsets, and sorts by them", () => {
  const name = (from: number) => fileName({ 3: { from, through: from + 100, rows: 7 } });
  assert.equal(name(100), "p0003-00000000000000000100-00000000000000000200.parquet");
  assert.ok(name(900) < name(1_000));
});

Deno.test("a file of several partitions is named after the first and the last, and the commit that made it", () => {
  const ranges = { 2: { from: 5, through: 9, rows: 4 }, 0: { from: 7, through: 30, rows: 1 } };
  assert.equal(fileName(ranges, 41), "p0000-p0002-00000000000000000005-00000000000000000030-r41.parquet");
});
