import assert from "node:assert/strict";
import { after, offset, START } from "./offset.ts";

Deno.test("an offset is a whole number from 0 to 2^53 - 1, as a number or as Kafka's text", () => {
  assert.equal(offset(0), 0);
  assert.equal(offset("42"), 42);
  assert.equal(offset(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  assert.equal(offset("9007199254740991"), Number.MAX_SAFE_INTEGER);
});

Deno.test("what is no offset is named", () => {
  for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53, "", " ", "-1", "abc", "1.5", "9007199254740992"]) {
    assert.throws(
      () => offset(value),
      new RangeError(`Cannot read offset as a whole number: current value is ${value}`),
    );
  }
});

Deno.test("behind a record comes the next one", () => {
  assert.equal(after(START), 1);
  assert.equal(after(offset(41)), 42);
});
