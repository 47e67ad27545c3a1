import assert from "node:assert/strict";
import { activity, mobileShare, readinessToBuy } from "./daily_rhythm.ts";

const HOUR_MS = 3_600_000;
const WEDNESDAY_MS = Date.UTC(2025, 10, 19);
const SUNDAY_MS = Date.UTC(2025, 10, 23);

const weekMean = (of: (timeMs: number) => number) => {
  const minutes = 7 * 24 * 60;
  let sum = 0;
  for (let minute = 0; minute < minutes; minute++) sum += of(WEDNESDAY_MS + minute * 60_000);
  return sum / minutes;
};

Deno.test("activity and readiness to buy are 1 on average over a week", () => {
  assert.ok(Math.abs(weekMean((timeMs) => activity(timeMs, 0)) - 1) < 0.01);
  assert.ok(Math.abs(weekMean((timeMs) => readinessToBuy(timeMs, 0)) - 1) < 0.01);
});

Deno.test("the evening is many times as busy as the night", () => {
  assert.ok(activity(WEDNESDAY_MS + 20 * HOUR_MS, 0) > 8 * activity(WEDNESDAY_MS + 4 * HOUR_MS, 0));
});

Deno.test("a Sunday is busier than a Wednesday at the same hour", () => {
  assert.ok(activity(SUNDAY_MS + 15 * HOUR_MS, 0) > 1.2 * activity(WEDNESDAY_MS + 15 * HOUR_MS, 0));
});

Deno.test("a place ahead of UTC has its evening earlier", () => {
  assert.equal(activity(WEDNESDAY_MS + 11 * HOUR_MS, 9), activity(WEDNESDAY_MS + 20 * HOUR_MS, 0));
  assert.equal(mobileShare(WEDNESDAY_MS + 11 * HOUR_MS, 9), mobileShare(WEDNESDAY_MS + 20 * HOUR_MS, 0));
});

Deno.test("activity moves without jumps, also over midnight and before 1970", () => {
  for (const start of [WEDNESDAY_MS, -14 * 24 * HOUR_MS]) {
    for (let minute = 0; minute < 23 * 60; minute++) {
      const step = activity(start + (minute + 1) * 60_000, 0) - activity(start + minute * 60_000, 0);
      assert.ok(Math.abs(step) < 0.02, `minute ${minute} jumps by ${step}`);
    }
  }
});

Deno.test("phones are in the majority at night and in the minority in office hours", () => {
  assert.ok(mobileShare(WEDNESDAY_MS + 1 * HOUR_MS, 0) > 0.6);
  assert.ok(mobileShare(WEDNESDAY_MS + 10 * HOUR_MS, 0) < 0.5);
});
