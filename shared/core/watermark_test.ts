import assert from "node:assert/strict";
import type { EventTimeMs } from "./event_time.ts";
import { Watermark } from "./watermark.ts";

const MINUTE = 60_000;
const options = { allowedLatenessMs: 10 * MINUTE, maxSkewMs: 5 * MINUTE };
const at = (ms: number) => ms as EventTimeMs;

Deno.test("a minute is late once the newest event is the lateness past its end", () => {
  const watermark = new Watermark(options);
  watermark.place(at(100 * MINUTE), 100 * MINUTE);
  watermark.place(at(111 * MINUTE - 1), 111 * MINUTE);
  assert.equal(watermark.place(at(100 * MINUTE), 111 * MINUTE).late, false);
  watermark.place(at(111 * MINUTE), 111 * MINUTE);
  assert.deepEqual(watermark.place(at(100 * MINUTE + 5), 111 * MINUTE), {
    timeMs: 100 * MINUTE + 5,
    minuteMs: 100 * MINUTE,
    late: true,
    skewed: false,
    archived: false,
    advanced: false,
  });
  assert.equal(watermark.place(at(101 * MINUTE), 111 * MINUTE).late, false);
});

Deno.test("an event from the future is counted when it was appended, and does not move the watermark", () => {
  const watermark = new Watermark(options);
  watermark.place(at(100 * MINUTE), 100 * MINUTE);
  const placed = watermark.place(at(100 * MINUTE + 86_400_000), 101 * MINUTE);
  assert.deepEqual([placed.minuteMs, placed.skewed], [101 * MINUTE, true]);
  assert.equal(watermark.atMs, 91 * MINUTE);
  assert.equal(watermark.place(at(99 * MINUTE), 101 * MINUTE).late, false);
});

Deno.test("an event ahead of its append time within the skew keeps its own time", () => {
  const placed = new Watermark(options).place(at(104 * MINUTE), 100 * MINUTE);
  assert.deepEqual([placed.minuteMs, placed.skewed], [104 * MINUTE, false]);
});

Deno.test("an event that is older than the hot retention when it is appended is archived, whatever its watermark", () => {
  const watermark = new Watermark({ ...options, hotRetentionMs: 60 * MINUTE });
  assert.equal(watermark.place(at(39 * MINUTE + 59_999), 100 * MINUTE).archived, true);
  assert.equal(watermark.place(at(40 * MINUTE), 100 * MINUTE).archived, false);
  assert.equal(new Watermark(options).place(at(0), 10_000_000 * MINUTE).archived, false);
});

Deno.test("there is no watermark before the first event", () => {
  assert.equal(new Watermark(options).atMs, undefined);
});
