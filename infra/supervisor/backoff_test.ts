import assert from "node:assert/strict";
import { deathsInARow, DEFAULT_BACKOFF, restartDelayMs } from "./backoff.ts";

Deno.test("the wait starts at 0.1 s, doubles, and never exceeds 2 s", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((deaths) => restartDelayMs(deaths, DEFAULT_BACKOFF));
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
});

Deno.test("the wait stays at its most, however often a process dies", () => {
  assert.equal(restartDelayMs(5_000, DEFAULT_BACKOFF), 2_000);
});

Deno.test("a process that stayed up long enough starts afresh", () => {
  assert.equal(deathsInARow(7, DEFAULT_BACKOFF.resetAfterMs, DEFAULT_BACKOFF), 1);
  assert.equal(deathsInARow(7, DEFAULT_BACKOFF.resetAfterMs - 1, DEFAULT_BACKOFF), 8);
});
