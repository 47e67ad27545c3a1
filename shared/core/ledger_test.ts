import assert from "node:assert/strict";
import { addLedgers, balances, emptyLedger } from "./ledger.ts";

Deno.test("books balance when every record read is counted, a duplicate or dead-lettered", () => {
  assert.ok(balances({ ...emptyLedger(), read: 6, counted: 3, duplicates: 2, deadLettered: 1, late: 2 }));
  assert.ok(!balances({ ...emptyLedger(), read: 7, counted: 3, duplicates: 2, deadLettered: 1 }));
});

Deno.test("the books of partitions add up entry by entry", () => {
  const one = { read: 6, counted: 3, duplicates: 2, deadLettered: 1, late: 1, skewed: 0, archived: 1 };
  assert.deepEqual(addLedgers([one, one]), {
    read: 12,
    counted: 6,
    duplicates: 4,
    deadLettered: 2,
    late: 2,
    skewed: 0,
    archived: 2,
  });
});
