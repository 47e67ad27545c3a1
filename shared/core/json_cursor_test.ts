import assert from "node:assert/strict";
import fc from "fast-check";
import { Hash64 } from "./hash64.ts";
import { JsonCursor } from "./json_cursor.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const at = (json: string) => {
  const cursor = new JsonCursor();
  cursor.begin(encode(json));
  return cursor;
};
/** What JSON.parse makes of a text; undefined where it refuses it. */
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

Deno.test("a number is the one that JSON.parse reads, bit for bit, or left alone", () => {
  const spelled = fc.tuple(
    fc.constantFrom("", "-"),
    fc.stringMatching(/^\d{1,18}$/),
    fc.oneof(fc.constant(""), fc.stringMatching(/^\.\d{0,17}$/)),
    fc.constantFrom("", "", "", "e1", "E-3", "x"),
  ).map((parts) => parts.join(""));
  let read = 0;
  fc.assert(
    fc.property(spelled, (json) => {
      const cursor = at(json);
      const value = cursor.number();
      if (!cursor.ended || Number.isNaN(value)) return;
      read++;
      assert.ok(Object.is(value, parsed(json)), `${json} was read as ${value}`);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(read > 2_000, `only ${read} were read`);
  assert.equal(at("0.1").number(), 0.1);
  assert.ok(Number.isNaN(at("0.1234567890123456").number()));
});

Deno.test("a text is what stands between its quotes, and mixed as Hash64 does it", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const json = JSON.stringify(text);
    const cursor = at(json);
    cursor.text();
    if (json.includes("\\")) return assert.ok(!cursor.sure);
    assert.ok(cursor.ended);
    assert.deepEqual(encode(json).subarray(cursor.from, cursor.to), encode(text));
    assert.deepEqual(new Hash64().ofMixed(cursor.low, cursor.high), new Hash64().of(text));
  }));
});

Deno.test("what is passed over without doubt is JSON, and JSON without escapes and exponents is passed over", () => {
  const spoilt = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom("", ...'{}[]",: 0-.\\x'))
    .map(([json, place, with_]) => {
      const from = place % json.length;
      return json.slice(0, from) + with_ + json.slice(from + 1);
    });
  let passed = 0;
  fc.assert(
    fc.property(fc.oneof(fc.json(), spoilt), (json) => {
      const cursor = at(json);
      cursor.skip();
      const isPlain = !json.includes("\\") && !/\d[eE]/.test(json);
      if (cursor.ended) passed++;
      if (cursor.ended) assert.notEqual(parsed(json), undefined, json);
      else assert.ok(parsed(json) === undefined || !isPlain, json);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(passed > 500, `only ${passed} were passed over`);
});

Deno.test("a cursor in doubt stays in doubt, and comes to an end", () => {
  const cursor = at('{"a":1}');
  cursor.doubt();
  cursor.text();
  cursor.skip();
  assert.deepEqual([cursor.sure, cursor.ended, cursor.peek()], [false, false, -1]);
});
