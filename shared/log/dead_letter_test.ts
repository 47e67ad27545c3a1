import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { type DeadLetter, decodeDeadLetter, encodeDeadLetter, KEPT_BYTES } from "./dead_letter.ts";
import type { HeadedRecord, NewRecord } from "./log.ts";

const LETTER: DeadLetter = {
  key: Uint8Array.of(1),
  value: Uint8Array.of(0xff, 0x00, 0x7b),
  refusal: {
    code: "not_finite",
    field: "items[2].price",
    reason: 'Cannot read price as a number: it is "ä"',
  },
  origin: "rollup",
  source: { topic: "events", partition: 3, offset: 1_234 as Offset },
};

function stored({ key, value, headers = {} }: NewRecord): HeadedRecord {
  return { offset: 0 as Offset, appendTimeMs: 0, key, value, headers };
}

Deno.test("a dead letter is read back as it was written, the original bytes untouched", () => {
  assert.deepEqual(decodeDeadLetter(stored(encodeDeadLetter(LETTER, 3))), LETTER);
});

Deno.test("one from the front door has no source", () => {
  const { source: _, ...letter } = { ...LETTER, origin: "ingest" as const };
  assert.deepEqual(decodeDeadLetter(stored(encodeDeadLetter(letter, 4))), letter);
});

Deno.test("one out of a file keeps its name and line, and how long it was where it was cut before", () => {
  const { source: _, ...letter } = { ...LETTER, origin: "ingest" as const, valueBytes: 5_000_000 };
  const fromFile = { ...letter, file: { name: "events.csv", line: 17 } };
  assert.deepEqual(decodeDeadLetter(stored(encodeDeadLetter(fromFile, 4))), fromFile);
});

Deno.test("an oversized value is cut to what fits into a record, and its real size is noted", () => {
  const value = new Uint8Array(KEPT_BYTES + 1);
  const record = encodeDeadLetter({ ...LETTER, value }, 3);
  assert.equal(record.value?.length, KEPT_BYTES);
  assert.equal(record.headers?.["value_bytes"], String(KEPT_BYTES + 1));
});

Deno.test("a stranger's record is no dead letter", () => {
  const { headers } = encodeDeadLetter(LETTER, 3);
  for (const changed of [{}, { ...headers, code: "odd" }, { ...headers, origin: "me" }]) {
    assert.equal(decodeDeadLetter(stored({ key: null, value: null, headers: changed })), undefined);
  }
});
