import assert from "node:assert/strict";
import { decodeSnappy } from "./snappy.ts";

// Snappy of the real broker is read in codec_engine_test.ts.
const JAVA_HEADER = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1];
/** "abc" and 9 bytes from 3 ago, by a copy with a 1-byte offset. */
const BLOCK = [12, 0x08, 0x61, 0x62, 0x63, 0x15, 0x03];

function text(bytes: readonly number[]): string {
  return new TextDecoder().decode(decodeSnappy(Uint8Array.from(bytes)));
}

Deno.test("a bare block of literals and of a repetition that runs into itself", () => {
  assert.equal(text(BLOCK), "abcabcabcabc");
});

Deno.test("blocks behind the header of Java's clients follow one another", () => {
  assert.equal(
    text([...JAVA_HEADER, 0, 0, 0, BLOCK.length, ...BLOCK, 0, 0, 0, BLOCK.length, ...BLOCK]),
    "abcabcabcabc".repeat(2),
  );
});

Deno.test("copies with offsets of 2 and 4 bytes", () => {
  assert.equal(text([7, 0x08, 0x61, 0x62, 0x63, 0x0e, 0x03, 0x00]), "abcabca");
  assert.equal(text([7, 0x08, 0x61, 0x62, 0x63, 0x0f, 0x03, 0x00, 0x00, 0x00]), "abcabca");
});

Deno.test("a long literal has its length in further bytes", () => {
  assert.equal(text([0xac, 0x02, 0xf4, 0x2b, 0x01, ...new Array(300).fill(0x7a)]), "z".repeat(300));
});

Deno.test("a literal cut short is refused", () => {
  assert.throws(() => text([12, 0x08, 0x61]), /Cannot read bytes as Snappy: they are cut short/);
});
