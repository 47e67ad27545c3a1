import type { OpenLoopStatus } from "./open_loop.ts";

/** Behind its schedule by more than this, the simulator says that it can't keep it. */
const TOLERATED_LAG_MS = 1_000;

/**
 * How it goes since the last look, in a line.
 *
 * @param rate the intended events a second.
 * @param elapsedMs the time between the two looks.
 */
export function statusText(
  rate: number,
  before: OpenLoopStatus,
  now: OpenLoopStatus,
  elapsedMs: number,
): string {
  const reached = (now.acknowledged - before.acknowledged) * 1_000 / elapsedMs;
  const keepsSchedule = now.lagMs <= TOLERATED_LAG_MS && now.skipped === before.skipped;
  return `${keepsSchedule ? "" : "cannot keep the schedule: "}${whole(reached)} of ${
    whole(rate)
  } events/s, ` +
    `sent ${whole(now.sent)}, acknowledged ${whole(now.acknowledged)}, behind by ${seconds(now.lagMs)}` +
    (now.skipped === 0 ? "" : `, skipped ${whole(now.skipped)}`);
}

/** The whole run in a line. */
export function summaryText(status: OpenLoopStatus, elapsedMs: number): string {
  const { sent, acknowledged, skipped, worstLagMs } = status;
  const rate = acknowledged * 1_000 / Math.max(1, elapsedMs);
  return `acknowledged ${whole(acknowledged)} of ${whole(sent)} sent events in ${seconds(elapsedMs)} ` +
    `(${whole(rate)}/s), behind by at most ${seconds(worstLagMs)}, skipped ${whole(skipped)}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(durationMs < 10_000 ? 2 : 0)} s`;
}
