import assert from "node:assert/strict";
import fc from "fast-check";
import { openSnapshot, sealSnapshot } from "./snapshot_seal.ts";

Deno.test("a sealed snapshot opens to what was sealed", () => {
  fc.assert(fc.property(fc.uint8Array(), (payload) => {
    assert.deepEqual(openSnapshot(3, sealSnapshot(3, payload)), payload);
  }));
});

Deno.test("any changed byte, a cut or another version is noticed", () => {
  const sealed = sealSnapshot(3, new Uint8Array([1, 2, 3, 4, 5]));
  for (let at = 0; at < sealed.length; at++) {
    const damaged = sealed.slice();
    damaged[at]! ^= 1;
    assert.equal(openSnapshot(3, damaged), undefined, `byte ${at}`);
  }
  for (let length = 0; length < sealed.length; length++) {
    assert.equal(openSnapshot(3, sealed.subarray(0, length)), undefined, `${length} bytes`);
  }
  assert.equal(openSnapshot(4, sealed), undefined);
});
