import assert from "node:assert/strict";
import fc from "fast-check";
import { fnv1a, SeededRandom } from "./seeded_random.ts";

const first = (count: number, ...seeds: (number | string)[]) => {
  const random = new SeededRandom(...seeds);
  return Array.from({ length: count }, () => random.uint32());
};

Deno.test("the same seeds give the same numbers, and other seeds others", () => {
  assert.deepEqual(first(100, "shop", 1), first(100, "shop", 1));
  assert.notDeepEqual(first(100, "shop", 1), first(100, "shop", 2));
  assert.notDeepEqual(first(100, "shop", 1), first(100, "delivery", 1));
  assert.notDeepEqual(first(100, "a", "bc"), first(100, "ab", "c"));
});

Deno.test("the numbers stay the same from release to release, or published files could not be made again", () => {
  assert.deepEqual(first(4, 1), SFC32_OF_SEED_1);
});

Deno.test("FNV-1a gives the published values", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(fnv1a(""), 0x811c9dc5);
  assert.equal(fnv1a("a"), 0xe40c292c);
  assert.equal(fnv1a("foobar"), 0xbf9cf968);
});

Deno.test("numbers are spread evenly: chi-squared over 64 cells is far from impossible", () => {
  const random = new SeededRandom(42);
  const cells = new Array<number>(64).fill(0);
  const draws = 64_000;
  for (let draw = 0; draw < draws; draw++) cells[random.below(64)]!++;
  const expected = draws / 64;
  const chiSquared = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 63 degrees of freedom: between these two with a probability of 99.99 %.
  assert.ok(chiSquared > 25 && chiSquared < 117, `chi-squared is ${chiSquared}`);
});

Deno.test("between and below stay within their bounds and reach them", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(5), (seed, least, width) => {
    const random = new SeededRandom(seed);
    const drawn = new Set(Array.from({ length: 300 }, () => random.between(least, least + width)));
    assert.deepEqual(
      [...drawn].sort((a, b) => a - b),
      Array.from({ length: width + 1 }, (_, i) => least + i),
    );
  }));
});

Deno.test("an empty list has no element to choose", () => {
  assert.throws(() => new SeededRandom(1).oneOf([]), RangeError);
});

/** By an implementation of sfc32 and FNV-1a in Python, written from their descriptions. */
const SFC32_OF_SEED_1: readonly number[] = [1551638637, 2170897297, 2217755836, 801418348];
