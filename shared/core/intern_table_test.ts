import assert from "node:assert/strict";
import fc from "fast-check";
import { mixedLow } from "./hash64.ts";
import { InternTable } from "./intern_table.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const textOf = (table: InternTable, text: string, hash?: number) => {
  const bytes = encode(`<${text}>`);
  return table.text(bytes, 1, bytes.length - 1, hash ?? mixedLow(encode(text)));
};

Deno.test("a table answers every text as it was sent, also when it is full again and again", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 8 })), (texts) => {
    const table = new InternTable({ texts: 4, bytes: 32 });
    for (const text of [...texts, ...texts]) assert.equal(textOf(table, text), text);
  }));
});

Deno.test("texts that share a hash are kept apart by their bytes", () => {
  const table = new InternTable();
  for (const text of ["a", "b", "", "ab", "a"]) assert.equal(textOf(table, text, 7), text);
});

Deno.test("a byte order mark belongs to the text", () => {
  assert.equal(textOf(new InternTable(), "\ufeffx"), "\ufeffx");
});

Deno.test("a million distinct texts are answered within the bounds of the table", () => {
  const table = new InternTable();
  for (let at = 0; at < 1_000_000; at++) {
    const bytes = encode(`product-${at}`);
    if (table.text(bytes, 0, bytes.length, mixedLow(bytes)) !== `product-${at}`) assert.fail(`at ${at}`);
  }
  assert.equal(textOf(table, "x".repeat(10_000)).length, 10_000);
});

Deno.test("a word of a vocabulary is found by its place, another not at all", () => {
  const words = ["event_id", "event_ts", "id", ""];
  const table = InternTable.of(words);
  const find = (word: string) => table.find(encode(word), 0, encode(word).length, mixedLow(encode(word)));
  assert.deepEqual(words.map(find), [0, 1, 2, 3]);
  assert.deepEqual(["event", "event_id_", "ie"].map(find), [-1, -1, -1]);
});
