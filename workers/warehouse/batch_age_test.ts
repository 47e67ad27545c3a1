import assert from "node:assert/strict";
import { batchAgeMs } from "./batch_age.ts";

const QUIET_MS = 500;

for (
  const [recordsPerSecond, ageMs] of [
    [0, QUIET_MS],
    [99, QUIET_MS],
    [100, 4_000],
    [2_500, 4_000],
    [5_000, 2_000],
    [20_000, QUIET_MS],
    [200_000, QUIET_MS],
  ] as const
) {
  Deno.test(`${recordsPerSecond} records a second wait ${ageMs} ms`, () => {
    assert.equal(batchAgeMs(recordsPerSecond, QUIET_MS), ageMs);
  });
}
