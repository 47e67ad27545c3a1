import assert from "node:assert/strict";
import fc from "fast-check";
import { HashSet64 } from "./hash_set.ts";

const half = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const hashes = fc.array(fc.record({ low: half, high: half }), { maxLength: 300 });

Deno.test("add says whether a hash is new, as a set of strings would", () => {
  fc.assert(fc.property(hashes, (added) => {
    const oracle = new Set<string>();
    const set = new HashSet64();
    for (const hash of added) {
      const key = `${hash.high}:${hash.low}`;
      assert.equal(set.add(hash), !oracle.has(key));
      oracle.add(key);
    }
    assert.equal(set.size, oracle.size);
  }));
});

Deno.test("words are the same whatever the order of adding, and read back", () => {
  fc.assert(fc.property(hashes, (added) => {
    const forward = new HashSet64();
    const backward = new HashSet64();
    for (const hash of added) forward.add(hash);
    for (const hash of added.toReversed()) backward.add(hash);
    assert.deepEqual(forward.toWords(), backward.toWords());
    const again = HashSet64.fromWords(forward.toWords());
    assert.equal(again.size, forward.size);
    for (const hash of added) assert.equal(again.add(hash), false);
  }));
});
