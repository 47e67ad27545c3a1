import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8, utf8SequenceBytes } from "./utf8.ts";

Deno.test("any text survives the way to bytes and back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(decodeUtf8(new TextEncoder().encode(`.${text}`)), `.${text}`);
  }));
});

Deno.test("any bytes are text exactly where a strict decoder says so", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
      let expected: string | undefined;
      try {
        expected = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        expected = undefined;
      }
      assert.equal(decodeUtf8(bytes), expected);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the replacement character is a character like any other", () => {
  assert.equal(decodeUtf8(new TextEncoder().encode("a\ufffdb")), "a\ufffdb");
});

Deno.test("what isn't UTF-8 is undefined: a lone continuation, a cut sequence, an overlong one, a surrogate", () => {
  for (const bytes of [[0x80], [0x61, 0xe2, 0x82], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff]]) {
    assert.equal(decodeUtf8(Uint8Array.from(bytes)), undefined);
  }
});

Deno.test("a sequence is as long as a strict decoder says, or wrong where it says so", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const characters = (bytes: Uint8Array) => {
    try {
      return [...strict.decode(bytes)].length;
    } catch {
      return -1;
    }
  };
  const byte = fc.oneof(
    fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4),
    fc.nat({ max: 255 }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0x80, max: 0xff }), fc.array(byte, { maxLength: 3 }), (lead, rest) => {
      const bytes = Uint8Array.of(lead, ...rest);
      const size = utf8SequenceBytes(bytes, 0);
      if (size > 0) assert.equal(characters(bytes.subarray(0, size)), 1);
      else for (const length of [1, 2, 3, 4]) assert.notEqual(characters(bytes.subarray(0, length)), 1);
    }),
    { numRuns: 20_000 },
  );
});
