import assert from "node:assert/strict";
import fc from "fast-check";
import { DistinctSketch, SKETCH_ERROR } from "./distinct_sketch.ts";
import { Hash64 } from "./hash64.ts";

function hashesOf(from: number, to: number): Uint32Array {
  const words = new Uint32Array(2 * (to - from));
  const hash = new Hash64();
  for (let user = from; user < to; user++) {
    hash.of(`user-${user}`);
    words[2 * (user - from)] = hash.low;
    words[2 * (user - from) + 1] = hash.high;
  }
  return words;
}

Deno.test("nothing is estimated as nothing, one as one", () => {
  assert.equal(DistinctSketch.of(new Uint32Array()).estimate(), 0);
  assert.equal(DistinctSketch.of(hashesOf(0, 1)).estimate(), 1);
});

Deno.test("the error stays within four standard errors from ten to a million", () => {
  for (const count of [10, 100, 1_000, 5_000, 20_000, 100_000, 1_000_000]) {
    const estimate = DistinctSketch.of(hashesOf(0, count)).estimate();
    assert.ok(
      Math.abs(estimate - count) <= Math.max(1, 4 * SKETCH_ERROR * count),
      `${estimate} for ${count}`,
    );
  }
});

Deno.test("over many samples the error is the stated one, and unbiased", () => {
  const count = 3_000;
  const errors = Array.from({ length: 100 }, (_, sample) => {
    const from = sample * count;
    return DistinctSketch.of(hashesOf(from, from + count)).estimate() / count - 1;
  });
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  assert.ok(Math.abs(mean) < 0.006, `mean ${mean}`);
  assert.ok(deviation < 1.3 * SKETCH_ERROR, `deviation ${deviation}`);
});

Deno.test("a merged sketch is the sketch of both: order, grouping and repetition do not matter", () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 2_000 }));
  fc.assert(
    fc.property(range, range, ([a, lengthA], [b, lengthB]) => {
      const one = DistinctSketch.of(hashesOf(a, a + lengthA));
      const two = DistinctSketch.of(hashesOf(b, b + lengthB));
      const both = DistinctSketch.of(
        Uint32Array.from([...hashesOf(a, a + lengthA), ...hashesOf(b, b + lengthB)]),
      );
      assert.deepEqual(one.merge(two).toWords(), both.toWords());
      assert.deepEqual(two.merge(one).merge(one).toWords(), both.toWords());
    }),
    { numRuns: 30 },
  );
});

Deno.test("words read back, sparse and dense", () => {
  for (const count of [0, 5, 500, 1_200, 50_000]) {
    const sketch = DistinctSketch.of(hashesOf(0, count));
    const again = DistinctSketch.fromWords(sketch.toWords());
    assert.deepEqual(again.toWords(), sketch.toWords());
    assert.equal(again.estimate(), sketch.estimate());
    assert.ok(sketch.toWords().length <= 1_024);
  }
});
