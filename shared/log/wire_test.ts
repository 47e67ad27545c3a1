import assert from "node:assert/strict";
import fc from "fast-check";
import { varintSize, WireReader, WireWriter } from "./wire.ts";

Deno.test("a 64-bit integer is read back, whatever its sign", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => {
    assert.equal(new WireReader(new WireWriter().int64(value).written()).int64(), value);
  }));
});

Deno.test("a varint is read back, and takes the bytes it is said to take", () => {
  fc.assert(fc.property(fc.integer(), (value) => {
    const bytes = new WireWriter().varint(value).written();
    assert.equal(new WireReader(bytes).varint(), value);
    assert.equal(bytes.length, varintSize(value));
  }));
});

Deno.test("a varint is zigzag: small numbers of either sign are short", () => {
  const examples: [number, number[]][] = [[0, [0]], [-1, [1]], [1, [2]], [63, [0x7e]], [-64, [0x7f]], [
    64,
    [0x80, 0x01],
  ]];
  for (const [value, bytes] of examples) {
    assert.deepEqual([...new WireWriter().varint(value).written()], bytes);
  }
});

Deno.test("a varint of more than 32 bits is read: a timestamp far from its batch's first", () => {
  // 2^40 in zigzag is 2^41: five times seven bits of nothing, then bit 41 - 35.
  assert.equal(new WireReader(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x40)).varint(), 2 ** 40);
});

Deno.test("no bytes and null bytes are told apart", () => {
  const bytes = new WireWriter().varintBytes(null).varintBytes(new Uint8Array()).written();
  const reader = new WireReader(bytes);
  assert.equal(reader.varintBytes(), null);
  assert.deepEqual(reader.varintBytes(), new Uint8Array());
});

Deno.test("reading more bytes than are left is an error", () => {
  const reader = new WireReader(new Uint8Array(3));
  assert.throws(() => reader.bytes(4), { name: "RangeError", message: "Cannot read 4 bytes: 3 are left" });
});
