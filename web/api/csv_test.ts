import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { csvLine, csvText } from "./csv.ts";

Deno.test("a text that a spreadsheet would run gets an apostrophe in front", () => {
  for (const text of ["=1+1", "+49 30 1234", "-x", "@sum", "\tx", "\rx", "\n=x"]) {
    assert.equal(csvText(text), `"'${text}"`);
  }
  for (const text of ["", "a=b", " =1", "'=1", "1-2", "Zoë"]) assert.equal(csvText(text), `"${text}"`);
});

Deno.test("a reader of CSV finds the cells again, whatever is in them", () => {
  const cells = ['say "hi"', "a,b", "two\r\nlines", "", "日本"];
  assert.deepEqual(parse(csvLine(cells.map(csvText))), [cells]);
});
