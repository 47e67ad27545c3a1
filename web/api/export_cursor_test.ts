import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCursor, formatHeads, parseCursor, parseHeads, parseLastRow } from "./export_cursor.ts";

const PLAIN = { noNullPrototype: true };
const whole = (max: number) => fc.integer({ min: 0, max });
const heads = fc.array(fc.tuple(whole(65_535), whole(1e12))).map((entries) => new Map(entries));
const after = fc.record({
  eventTimeMs: whole(253_402_300_799_999),
  partition: whole(65_535),
  offset: whole(1e12),
}, PLAIN);
const cursor = fc.record({ after, heads }, PLAIN);

Deno.test("a cursor survives being text, and the text needs no escaping in an address", () =>
  fc.assert(fc.property(cursor, (cursor) => {
    const text = formatCursor(cursor);
    assert.deepEqual(parseCursor(text), cursor);
    assert.equal(encodeURIComponent(text), text);
  })));

Deno.test("a part of the log survives being text", () =>
  fc.assert(fc.property(heads, (heads) => assert.deepEqual(parseHeads(formatHeads(heads)), heads))));

Deno.test("a row's own values name its place", () => {
  assert.deepEqual(parseLastRow("2026-03-01T12:00:00.123Z,3,4711"), {
    eventTimeMs: Date.parse("2026-03-01T12:00:00.123Z"),
    partition: 3,
    offset: 4711,
  });
});

Deno.test("what is no cursor is refused", () => {
  for (
    const text of [
      "",
      "1-2",
      "1-2-3",
      "1-2-3.x",
      "-1-2-3.0-4",
      "1-2-3.4",
      "1-2-3.0-4.",
      "99999999999999999-0-0.0-1",
    ]
  ) {
    assert.equal(parseCursor(text), undefined, text);
  }
  for (const text of ["", "yesterday,0,0", "2026-03-01,0", "2026-03-01,0,-1"]) {
    assert.equal(parseLastRow(text), undefined, text);
  }
});
