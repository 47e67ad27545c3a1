import assert from "node:assert/strict";
import { SnapshotSchedule } from "./snapshot_schedule.ts";

const RULES = { checkpointIntervalMs: 30_000, checkpointRecords: 5_000 };
const MIB = 1024 * 1024;

/** The second at which a snapshot is due, with so many records every second since one of so many bytes. */
function dueAfter(
  rules: ConstructorParameters<typeof SnapshotSchedule>[0],
  bytes: number,
  recordsPerS: number,
) {
  const schedule = new SnapshotSchedule(rules);
  schedule.taken(bytes, 0);
  for (let second = 1;; second++) {
    schedule.folded(recordsPerS);
    if (schedule.isDue(second * 1_000)) return second;
  }
}

Deno.test("the first snapshot is due at once", () => {
  assert.equal(new SnapshotSchedule(RULES).isDue(0), true);
});

Deno.test("with little to read again, the next is due at its interval", () => {
  assert.equal(dueAfter(RULES, 1_000, 10), 30);
});

Deno.test("with much to read again, it is due earlier", () => {
  assert.equal(dueAfter(RULES, 1_000, 500), 10);
  assert.equal(dueAfter({ checkpointIntervalMs: 30_000 }, 1_000, 500), 30);
});

Deno.test("a large one waits until the store has had time for the last, or for its interval", () => {
  assert.equal(dueAfter(RULES, 2 * MIB, 50_000), 16);
  assert.equal(dueAfter(RULES, 20 * MIB, 50_000), 30);
});
