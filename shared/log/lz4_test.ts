import assert from "node:assert/strict";
import { decodeLz4Frame } from "./lz4.ts";

// Frames of the real broker are read in codec_engine_test.ts.
const MAGIC = [0x04, 0x22, 0x4d, 0x18];
const PLAIN_FLAGS = [0x60, 0x40, 0x82];
const END = [0, 0, 0, 0];

Deno.test("a block of literals and of a repetition that runs into itself", () => {
  // Three literals "abc", then 9 bytes from 3 ago; then the closing literals "!".
  const block = [0x35, 0x61, 0x62, 0x63, 0x03, 0x00, 0x10, 0x21];
  const frame = Uint8Array.from([...MAGIC, ...PLAIN_FLAGS, block.length, 0, 0, 0, ...block, ...END]);
  assert.equal(new TextDecoder().decode(decodeLz4Frame(frame)), "abcabcabcabc!");
});

Deno.test("lengths of 15 and more go on in further bytes", () => {
  // 300 = 15 + 255 + 30 literals.
  const block = [0xf0, 255, 30, ...new Array(300).fill(0x7a)];
  const length = [block.length & 0xff, block.length >> 8, 0, 0];
  const frame = Uint8Array.from([...MAGIC, ...PLAIN_FLAGS, ...length, ...block, ...END]);
  assert.equal(new TextDecoder().decode(decodeLz4Frame(frame)), "z".repeat(300));
});

Deno.test("a stored block comes as it is, and content size and block checksum are skipped", () => {
  const header = [...MAGIC, 0x78, 0x40, ...new Array(8).fill(0), 0x00];
  const frame = Uint8Array.from([...header, 3, 0, 0, 0x80, 1, 2, 3, ...new Array(4).fill(9), ...END]);
  assert.deepEqual([...decodeLz4Frame(frame)], [1, 2, 3]);
});

Deno.test("what is no frame is refused", () => {
  assert.throws(() => decodeLz4Frame(new Uint8Array(20)), /Cannot read bytes as an LZ4 frame/);
});

Deno.test("a block cut short is refused", () => {
  const frame = Uint8Array.from([...MAGIC, ...PLAIN_FLAGS, 9, 0, 0, 0, 0x10]);
  assert.throws(() => decodeLz4Frame(frame), /cut short/);
});

Deno.test("a repetition of what was never written is refused", () => {
  const block = [0x10, 0x61, 0x05, 0x00, 0x00];
  const frame = Uint8Array.from([...MAGIC, ...PLAIN_FLAGS, block.length, 0, 0, 0, ...block, ...END]);
  assert.throws(() => decodeLz4Frame(frame), /Cannot repeat from 5 bytes ago: 1 were written/);
});
