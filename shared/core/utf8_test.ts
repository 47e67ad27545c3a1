import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8 } from "./utf8.ts";

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
