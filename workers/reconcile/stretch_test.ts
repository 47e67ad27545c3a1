import assert from "node:assert/strict";
import fc from "fast-check";
import { MINUTE_MS } from "@countinghouse/core";
import { stretchesOf } from "./stretch.ts";

Deno.test("every minute lies in one stretch, and no stretch is longer than six hours", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 2_000 })), (minutes) => {
    const stretches = stretchesOf(minutes.map((minute) => minute * MINUTE_MS));
    for (const minute of minutes) {
      const at = minute * MINUTE_MS;
      assert.equal(stretches.filter(({ fromMs, toMs }) => at >= fromMs && at < toMs).length, 1);
    }
    assert.ok(stretches.every(({ fromMs, toMs }) => toMs - fromMs <= 360 * MINUTE_MS));
  }));
});

Deno.test("near minutes are asked for together, far ones apart", () => {
  const stretches = stretchesOf([0, 10, 500].map((minute) => minute * MINUTE_MS));
  assert.deepEqual(stretches.map(({ fromMs, toMs }) => [fromMs / MINUTE_MS, toMs / MINUTE_MS]), [[0, 11], [
    500,
    501,
  ]]);
});
