import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, ByteWriter } from "./byte_codec.ts";

Deno.test("what is written is read back in the same order", () => {
  const entry = fc.tuple(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.maxSafeNat(),
    fc.double(),
    fc.string({ unit: "grapheme" }),
    fc.uint32Array({ maxLength: 2_000 }),
  );
  fc.assert(fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
    const writer = new ByteWriter();
    for (const [whole, large, number, text, words] of entries) {
      writer.uint32(whole);
      writer.varint(large);
      writer.float64(number);
      writer.text(text);
      writer.words(words);
    }
    const reader = new ByteReader(writer.bytes());
    for (const [whole, large, number, text, words] of entries) {
      assert.equal(reader.uint32(), whole);
      assert.equal(reader.varint(), large);
      assert.ok(Object.is(reader.float64(), number));
      assert.equal(reader.text(), text);
      assert.deepEqual(reader.words(), words);
    }
  }));
});

Deno.test("bytes that end too early are a range error", () => {
  const writer = new ByteWriter();
  writer.text("hello");
  const cut = writer.bytes().subarray(0, 7);
  assert.throws(() => new ByteReader(cut).text(), RangeError);
  assert.throws(() => new ByteReader(new Uint8Array(2)).uint32(), RangeError);
});
