import assert from "node:assert/strict";
import fc from "fast-check";
import { nestsDeeperThan } from "./json_depth.ts";

Deno.test("levels are counted over objects and arrays", () => {
  assert.ok(!nestsDeeperThan(1, "{}"));
  assert.ok(nestsDeeperThan(1, '{"a":[]}'));
  assert.ok(!nestsDeeperThan(2, '{"a":[],"b":[],"c":{}}'));
  assert.ok(nestsDeeperThan(2, '{"a":[],"b":[{}]}'));
  assert.ok(nestsDeeperThan(0, "[]"));
  assert.ok(!nestsDeeperThan(0, "5"));
});

Deno.test("brackets in strings are no levels, also behind escaped quotes and backslashes", () => {
  assert.ok(!nestsDeeperThan(1, '["[[[", "\\"[[[", "]]]"]'));
  assert.ok(!nestsDeeperThan(1, '["\\\\\\"[[["]'));
  assert.ok(nestsDeeperThan(1, '["\\\\", [["x"]]]'));
});

Deno.test("a text of any JSON nests as deep as its value does", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat({ max: 10 }), (value, levels) => {
      assert.equal(nestsDeeperThan(levels, JSON.stringify(value)), depthOf(value) > levels);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a text that is not JSON is answered too", () => {
  assert.ok(!nestsDeeperThan(3, "]]]]}}}}[[["));
  assert.ok(nestsDeeperThan(3, '{{{{"'));
  assert.ok(!nestsDeeperThan(3, '"[[[[[\\'));
});

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
