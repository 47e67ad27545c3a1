import assert from "node:assert/strict";
import { restoreReport } from "./restore_report.ts";

const NOTHING = { looked: 1_234, missing: 0, inserted: 0, erased: 0, ahead: 0 };

Deno.test("how many rows were looked at, missing and inserted is told in a line", () => {
  assert.deepEqual(restoreReport({ ...NOTHING, missing: 7, inserted: 7 }, false), [
    "looked at 1,234 rows of the lake: 7 missing in the warehouse, 7 inserted",
  ]);
  assert.deepEqual(restoreReport({ ...NOTHING, missing: 7 }, true), [
    "looked at 1,234 rows of the lake: 7 missing in the warehouse, none inserted, as this is a dry run",
  ]);
});

Deno.test("rows that were left out are told with the reason", () => {
  assert.deepEqual(restoreReport({ ...NOTHING, erased: 3, ahead: 2_000 }, false).slice(0, -1), [
    "3 rows of erased users were left out",
    "2,000 rows lie behind the warehouse's last one and were left to its worker, which brings them in order; " +
    "if Kafka no longer has them, use --all",
  ]);
});
