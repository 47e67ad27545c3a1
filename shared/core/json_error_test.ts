import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonErrorAt } from "./json_error.ts";

Deno.test("the position is that of the first character that can't be JSON", () => {
  const table: readonly (readonly [text: string, at: number])[] = [
    ["", 0],
    ["  ", 2],
    ["x", 0],
    ["{", 1],
    ["{a", 1],
    ['{"a"', 4],
    ['{"a" 1', 5],
    ['{"a":1,}', 7],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["[1}", 2],
    ["tru", 3],
    ["trap", 2],
    ["01", 1],
    ["-", 1],
    ["1.", 2],
    ["1e+", 3],
    ["+1", 0],
    [".5", 0],
    ["NaN", 0],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"a\\xb"', 3],
    ['"\\u12g4"', 5],
    ['"\\u123"', 6],
    ["'a'", 0],
    ['{"a":1} x', 8],
    ["\ufeff{}", 0],
    ["[1,\u00a02]", 3],
  ];
  for (const [text, at] of table) assert.equal(jsonErrorAt(text), at, JSON.stringify(text));
});

const jsonCharacter = fc.constantFrom(...'{}[]",:\\ue+-.019truefalsn /\n\u0000é');
const damagedJson = fc.tuple(
  fc.json(),
  fc.nat(),
  fc.nat({ max: 3 }),
  fc.string({ unit: jsonCharacter, maxLength: 2 }),
)
  .map(([text, anywhere, cut, put]) => {
    const at = anywhere % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + cut);
  });
const nearlyJson = fc.oneof(damagedJson, fc.json(), fc.string({ unit: jsonCharacter }));

Deno.test("there is a position exactly where JSON.parse throws", () => {
  fc.assert(
    fc.property(nearlyJson, (text) => assert.equal(jsonErrorAt(text) !== undefined, !parses(text), text)),
    { numRuns: 10_000 },
  );
});

Deno.test("what stands before the position is not at fault: cut off there, it only ends too early, if at all", () => {
  fc.assert(fc.property(nearlyJson, (text) => {
    const at = jsonErrorAt(text);
    if (at === undefined) return;
    const before = jsonErrorAt(text.slice(0, at));
    assert.ok(before === undefined || before === at, text);
  }));
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
