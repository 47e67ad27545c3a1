import assert from "node:assert/strict";
import { contentType, delivery, withoutHeader } from "./output_format.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunk: Uint8Array) => new TextDecoder().decode(chunk);

Deno.test("lines of rows are passed on, headers are sent once, documents are made whole", () => {
  assert.deepEqual(delivery("JSONEachRow"), { kind: "rows" });
  assert.deepEqual(delivery("RowBinary"), { kind: "rows" });
  assert.deepEqual(delivery("CSVWithNames"), { kind: "headed", header: { lines: 1, quoted: true } });
  assert.deepEqual(delivery("TSVWithNamesAndTypes"), { kind: "headed", header: { lines: 2, quoted: false } });
  for (
    const format of ["JSON", "Parquet", "Pretty", "RowBinaryWithNamesAndTypes", "JSONEachRowWithProgress"]
  ) {
    assert.deepEqual(delivery(format), { kind: "whole" }, format);
  }
});

Deno.test("a header is cut off by lines; a line break in a quoted CSV name is no end of line", () => {
  const csv = { lines: 1, quoted: true } as const;
  assert.equal(text(withoutHeader(bytes('"a ""b""\nc","d"\n1,2\n'), csv)), "1,2\n");
  assert.equal(text(withoutHeader(bytes('"a"\n'), csv)), "");
  const tsv = { lines: 2, quoted: false } as const;
  assert.equal(text(withoutHeader(bytes('a"\tb\nInt8\tInt8\n1\t2\n'), tsv)), "1\t2\n");
});

Deno.test("content types are ClickHouse's", () => {
  assert.equal(contentType("JSON"), "application/json; charset=UTF-8");
  assert.equal(contentType("JSONEachRow"), "application/x-ndjson; charset=UTF-8");
  assert.equal(contentType("CSVWithNames"), "text/csv; charset=UTF-8; header=present");
  assert.equal(contentType("TabSeparated"), "text/tab-separated-values; charset=UTF-8");
  assert.equal(contentType("Parquet"), "application/octet-stream");
  assert.equal(contentType("Pretty"), "text/plain; charset=UTF-8");
});
