import assert from "node:assert/strict";
import fc from "fast-check";
import { MINUTE_MS, minuteStart } from "./window.ts";

Deno.test("a minute begins at its full minute and is half-open", () => {
  const start = Date.UTC(2026, 2, 1, 9, 30);
  assert.equal(minuteStart(start), start);
  assert.equal(minuteStart(start + 59_999), start);
  assert.equal(minuteStart(start + 60_000), start + 60_000);
  assert.equal(minuteStart(start - 1), start - 60_000);
});

Deno.test("every time lies in exactly one minute, which Date shows as the same hour and minute", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (timeMs) => {
    const start = minuteStart(timeMs);
    assert.ok(start <= timeMs && timeMs < start + MINUTE_MS);
    assert.equal(new Date(start).toISOString(), `${new Date(timeMs).toISOString().slice(0, 16)}:00.000Z`);
  }));
});
