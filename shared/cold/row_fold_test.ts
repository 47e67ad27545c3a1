import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { batchOf, PARTITION, record } from "./log_records_fixture.ts";
import { RowFold } from "./row_fold.ts";

const fold = (from = 0) => new RowFold(PARTITION, from as Offset);
const offsets = (rows: readonly { offset: Offset }[]) => rows.map(({ offset }) => offset);

Deno.test("each event is a row, once", () => {
  const rows = fold();
  rows.apply(batchOf([record(0, {}), record(1, {})]));
  assert.equal(rows.through, 2);
  const [first, second] = rows.take();
  assert.deepEqual(JSON.parse(first?.json ?? "").event_id, "e0");
  assert.deepEqual(JSON.parse(second?.json ?? "").offset, 1);
  assert.deepEqual(rows.take(), []);
});

Deno.test("a refused record has no row, and is behind it all the same", () => {
  const rows = fold();
  rows.apply(batchOf([record(0, {}), record(1, "{broken"), record(2, { user_id: "" })]));
  assert.deepEqual(offsets(rows.take()), [0]);
  assert.equal(rows.through, 3);
});

Deno.test("records below where it stands are skipped, and a gap of the log is no record", () => {
  const rows = fold(5);
  rows.apply({ ...batchOf([record(4, {}), record(5, {}), record(8, {})]), through: 20 as Offset });
  assert.deepEqual(offsets(rows.take()), [5, 8]);
  assert.equal(rows.through, 20);
});

Deno.test("it has no snapshot: the sink says where to read on", () => {
  assert.equal(fold().snapshot().length, 0);
  assert.equal(fold().restore(), false);
  assert.deepEqual(fold().needs(), []);
});

Deno.test("half of a surrogate pair, which ClickHouse can't read, becomes U+FFFD; what looks like one stays", () => {
  const rows = fold();
  rows.apply(batchOf([record(0, { page: "lone \ud800" }), record(1, { page: "\\ud800 and a pair 🛒" })]));
  const pages = rows.take().map(({ json }) => JSON.parse(json).page);
  assert.deepEqual(pages, ["lone \ufffd", "\\ud800 and a pair 🛒"]);
});
