import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { CSV, csvCells } from "./csv_rows.ts";
import { splitRecords } from "./record_splitter.ts";
import { chunksOf, textOf } from "./testing/chunks.ts";

async function rowsOf(content: string): Promise<string[][]> {
  const records = (await Array.fromAsync(splitRecords(chunksOf(content), CSV))).flat();
  assert.ok(records.every(({ broken }) => broken === undefined), content);
  return records.map(({ bytes }) => csvCells(textOf(bytes)));
}

const cellText = fc.string({ unit: fc.constantFrom("a", " ", ",", '"', "\n", "\r\n", "é", "😀", "1") });
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
/** A cell, quoted where it must be and sometimes where it need not be. */
const cell = fc.tuple(cellText, fc.boolean()).map(([text, always]) =>
  always || /[",\r\n]/.test(text) ? quoted(text) : text
);
const row = fc.array(cell, { minLength: 2, maxLength: 6 });

Deno.test("rows and cells are those that csv-parse reads", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.constantFrom("\n", "\r\n"),
      async (rows, lineBreak) => {
        const content = rows.map((cells) => cells.join(",")).join(lineBreak);
        const expected = parse(content, { relaxColumnCount: true, recordDelimiter: lineBreak });
        assert.deepEqual(await rowsOf(content), expected);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("empty cells are cells, also at the end", () => {
  assert.deepEqual(csvCells(",,"), ["", "", ""]);
  assert.deepEqual(csvCells('"",'), ["", ""]);
  assert.deepEqual(csvCells('a,""'), ["a", ""]);
  assert.deepEqual(csvCells('"""",b'), ['"', "b"]);
});
