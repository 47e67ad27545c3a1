import assert from "node:assert/strict";
import fc from "fast-check";
import { CSV } from "./csv_rows.ts";
import { JSON_ARRAY } from "./json_array.ts";
import { NDJSON } from "./ndjson.ts";
import { type RecordFormat, splitRecords } from "./record_splitter.ts";
import { KEPT_RECORD_BYTES } from "./source_record.ts";
import { chunksOf, textOf } from "./testing/chunks.ts";

async function split(content: string | Uint8Array, format: RecordFormat, chunkBytes?: number) {
  const records = (await Array.fromAsync(splitRecords(chunksOf(content, chunkBytes), format))).flat();
  return records.map(({ line, bytes, length, broken }) => ({
    line,
    text: textOf(bytes),
    length,
    ...(broken && { broken }),
  }));
}

const lines = async (content: string, format: RecordFormat, chunkBytes?: number) =>
  (await split(content, format, chunkBytes)).map(({ line, text }) => [line, text]);

Deno.test("it does not matter how the input is cut into chunks", async () => {
  const piece = fc.constantFrom("\n", "\r\n", "a", "é", ",", '"', '""', "[", "]", "{", "}", "\\", " ", "😀");
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(NDJSON, CSV, JSON_ARRAY),
      async (pieces, chunkBytes, format) => {
        const content = pieces.join("");
        assert.deepEqual(await split(content, format, chunkBytes), await split(content, format));
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("NDJSON: a record for each line with its number; blank lines are counted and passed over", async () => {
  assert.deepEqual(await lines('{"a":1}\n\r\n  \t\n {"b":2} \r\n{"c":3}', NDJSON), [
    [1, '{"a":1}'],
    [4, ' {"b":2} '],
    [5, '{"c":3}'],
  ]);
  assert.deepEqual(await lines("", NDJSON), []);
  assert.deepEqual(await lines("\n\n", NDJSON), []);
});

Deno.test("NDJSON: a line that is too long is cut, its length told, and the next line read", async () => {
  const long = "x".repeat(KEPT_RECORD_BYTES + 12_345);
  for (const end of ["\nnext", ""]) {
    const [first, ...others] = await split(`first\n${long}${end}`, NDJSON, 100_000);
    assert.deepEqual(first, { line: 1, text: "first", length: 5 });
    assert.equal(others[0]!.line, 2);
    assert.equal(others[0]!.text.length, KEPT_RECORD_BYTES);
    assert.equal(others[0]!.length, long.length);
    assert.deepEqual(others.slice(1), end ? [{ line: 3, text: "next", length: 4 }] : []);
  }
});

Deno.test("CSV: a row may span lines, and the rows behind it keep their numbers", async () => {
  assert.deepEqual(await lines('h1,h2\r\n1,"two\r\nlines"\n\n"a ""b""",\n3,4', CSV), [
    [1, "h1,h2"],
    [2, '1,"two\r\nlines"'],
    [5, '"a ""b""",'],
    [6, "3,4"],
  ]);
});

Deno.test("CSV: a stray quote costs its line and no other", async () => {
  const rows = await split('a,b\n1,5" nail\n2,"x"y\n3,ok\n', CSV);
  assert.deepEqual(rows.map(({ line, broken }) => [line, broken !== undefined]), [
    [1, false],
    [2, true],
    [3, true],
    [4, false],
  ]);
});

Deno.test("CSV: a quote that is never closed costs its line, not the rest of the file", async () => {
  const small = await split('a,b\n1,"open\n2,fine\n3,fine', CSV);
  assert.deepEqual(small.map(({ line, text, broken }) => [line, text, broken]), [
    [1, "a,b", undefined],
    [2, '1,"open', "a quoted cell is not closed"],
    [3, "2,fine", undefined],
    [4, "3,fine", undefined],
  ]);
  const rest = Array.from({ length: 300_000 }, (_, index) => `${index},fine and well`);
  const large = await split(`1,"open\n${rest.join("\n")}`, CSV);
  assert.equal(large.length, 1 + rest.length);
  assert.equal(large.filter(({ broken }) => broken !== undefined).length, 1);
});

Deno.test("JSON array: a record for each element, on one line or many", async () => {
  assert.deepEqual(await lines('[{"a":"]},{"},{"b":[1,2]}]', JSON_ARRAY), [[1, '{"a":"]},{"}'], [
    1,
    '{"b":[1,2]}',
  ]]);
  assert.deepEqual(await lines('\n[\n  {\n    "a": "\\""\n  },\n\n  {"b":2}\n]\n', JSON_ARRAY), [
    [3, '{\n    "a": "\\""\n  }'],
    [7, '{"b":2}'],
  ]);
  assert.deepEqual(await lines("[]", JSON_ARRAY), []);
});

Deno.test("JSON array: what is no object is a record too, to be refused", async () => {
  assert.deepEqual(await lines('[1, "a,b", {"c":3}, nonsense]', JSON_ARRAY), [
    [1, "1"],
    [1, '"a,b"'],
    [1, '{"c":3}'],
    [1, "nonsense"],
  ]);
});

Deno.test("JSON array: an element that is cut off is told as broken", async () => {
  const records = await split('[{"a":1},\n{"b":', JSON_ARRAY);
  assert.deepEqual(records.map(({ text, broken }) => [text, broken]), [
    ['{"a":1}', undefined],
    ['{"b":', "the element does not end"],
  ]);
});
