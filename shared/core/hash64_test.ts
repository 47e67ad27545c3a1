import assert from "node:assert/strict";
import fc from "fast-check";
import { Hash64 } from "./hash64.ts";

const keyOf = (hash: Hash64) => (BigInt(hash.high) << 32n) | BigInt(hash.low);

Deno.test("a hash is the same for a text and for its UTF-8 bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assert.equal(keyOf(new Hash64().of(text)), keyOf(new Hash64().ofBytes(new TextEncoder().encode(text))));
  }));
});

Deno.test("parts are kept apart: moving a letter over the border is another hash", () => {
  assert.notEqual(keyOf(new Hash64().of("ab", "c")), keyOf(new Hash64().of("a", "bc")));
  assert.notEqual(keyOf(new Hash64().of("a", "")), keyOf(new Hash64().of("a")));
});

Deno.test("a million ids that differ in a few characters have a million hashes", () => {
  const hash = new Hash64();
  const seen = new Set<bigint>();
  for (let i = 0; i < 500_000; i++) {
    seen.add(keyOf(hash.of("shop", `evt-${i}`)));
    seen.add(keyOf(hash.of("shop", i.toString(16).padStart(32, "0"))));
  }
  assert.equal(seen.size, 1_000_000);
});

Deno.test("every bit of a hash is set about half of the time", () => {
  const hash = new Hash64();
  const set = new Array<number>(64).fill(0);
  const samples = 20_000;
  for (let i = 0; i < samples; i++) {
    const key = keyOf(hash.of(`user-${i}`));
    for (let bit = 0; bit < 64; bit++) set[bit]! += Number((key >> BigInt(bit)) & 1n);
  }
  for (const [bit, count] of set.entries()) {
    const share = count / samples;
    assert.ok(share > 0.47 && share < 0.53, `bit ${bit} is set in ${share}`);
  }
});
