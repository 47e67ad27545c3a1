import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { kpiMinute } from "../kpi_fixture.ts";
import { everyMinute, newestPoint, withTime, withWindow } from "./live_state.ts";
import { liveState, NOW } from "./live_state_fixture.ts";

const CURRENT = minuteStart(NOW);
const minute = (ago: number, sessions = 1) =>
  kpiMinute({ startMs: CURRENT - ago * MINUTE_MS, counts: { sessions } });
const sessions = (points: readonly { sessions: number }[]) => points.map((point) => point.sessions);

Deno.test("a minute that changed takes the place of what it was", () => {
  const state = [minute(1, 5), minute(0, 1), minute(1, 6)].reduce(
    (before, window) => withWindow(before, window, NOW),
    liveState(),
  );
  assert.deepEqual(sessions(state.points), [6, 1]);
  assert.equal(state.updatedMs, NOW);
});

Deno.test("minutes are kept for an hour, the current one included", () => {
  const state = [minute(60, 7), minute(59, 8)].reduce(
    (before, window) => withWindow(before, window, NOW),
    liveState(),
  );
  assert.deepEqual(sessions(state.points), [8]);
});

Deno.test("time goes by: the oldest minute leaves, and is remembered as the newest before the hour", () => {
  const state = withTime(withWindow(liveState(), minute(59), NOW), NOW + MINUTE_MS);
  assert.deepEqual(state.points, []);
  assert.equal(state.newestBeforeMs, CURRENT - 59 * MINUTE_MS);
});

Deno.test("every minute of the hour is there, those without events as zeros", () => {
  const minutes = everyMinute(withWindow(liveState(), minute(2, 9), NOW));
  assert.equal(minutes.length, 60);
  assert.equal(minutes.at(-1)?.startMs, CURRENT);
  assert.deepEqual(sessions(minutes.slice(-4)), [0, 9, 0, 0]);
});

Deno.test("a minute that a shop's clock is ahead is shown, too", () => {
  const minutes = everyMinute(withWindow(liveState(), minute(-1, 3), NOW));
  assert.deepEqual(sessions(minutes.slice(-2)), [0, 3]);
});

Deno.test("the newest minute is the last with events, or the current one with zeros", () => {
  assert.deepEqual([newestPoint(liveState()).startMs, newestPoint(liveState()).sessions], [CURRENT, 0]);
  assert.equal(newestPoint(withWindow(liveState(), minute(3, 4), NOW)).sessions, 4);
});

Deno.test("a minute whose events were taken away is no longer shown", () => {
  const before = withWindow(liveState(), minute(0, 4), NOW);
  const gone = kpiMinute({ startMs: CURRENT, counts: { events: 0 } });
  assert.deepEqual(withWindow(before, gone, NOW).points, []);
});
