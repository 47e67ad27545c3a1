import assert from "node:assert/strict";
import fc from "fast-check";
import { CsvEvents, CsvHeaderError } from "./csv_event.ts";

function eventOf(row: Readonly<Record<string, string>>): unknown {
  const json = new CsvEvents(Object.keys(row)).json(Object.values(row));
  assert.ok(json.ok);
  return JSON.parse(json.value);
}

Deno.test("dotted headers make objects, wherever their columns stand; empty cells are absent", () => {
  assert.deepEqual(
    eventOf({
      "utm.source": "google",
      event_id: "e",
      "geo.city": "",
      "geo.country": "",
      "utm.medium": "cpc",
    }),
    { utm: { source: "google", medium: "cpc" }, event_id: "e" },
  );
});

Deno.test("numbers and booleans are read by column, other cells stay text", () => {
  assert.deepEqual(
    eventOf({
      price: "19.90",
      quantity: " 2 ",
      "geo.lat": "-1.5e1",
      "device.mobile": "TRUE",
      user_id: "007",
    }),
    { price: 19.9, quantity: 2, geo: { lat: -15 }, device: { mobile: true }, user_id: "007" },
  );
});

Deno.test("a number keeps every digit that it was written with", () => {
  const json = new CsvEvents(["value"]).json(["12345678901234567890.10"]);
  assert.deepEqual(json, { ok: true, value: '{"value":12345678901234567890.10}' });
});

Deno.test("what isn't what its column says stays text, for the decoder to refuse", () => {
  assert.deepEqual(eventOf({ price: "1,5", "device.mobile": "yes", items: "[{" }), {
    price: "1,5",
    device: { mobile: "yes" },
    items: "[{",
  });
});

Deno.test("items hold JSON", () => {
  const items = [{ product_id: "p", price: 1.5, quantity: 2 }];
  assert.deepEqual(eventOf({ items: JSON.stringify(items) }), { items });
});

Deno.test("any text comes through, as do columns that have no meaning here", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    // A lone surrogate can't be in a UTF-8 file.
    fc.pre(text.isWellFormed());
    assert.deepEqual(eventOf({ 'na"me': text }), { 'na"me': text });
  }));
});

Deno.test("a row with more or fewer cells than the header is refused", () => {
  const events = new CsvEvents(["a", "b"]);
  for (const cells of [["1"], ["1", "2", "3"]]) {
    const json = events.json(cells);
    assert.ok(!json.ok);
    assert.equal(
      json.refusal.reason,
      `Cannot read the row as 2 cells: current value is ${cells.length} cells`,
    );
  }
});

Deno.test("a header that can't be the fields of an object is refused, naming the column", () => {
  for (const header of [["a", "a"], ["utm", "utm.source"], ["utm.source", "utm"], ["b.c", "b.c"]]) {
    assert.throws(() => new CsvEvents(header), CsvHeaderError, String(header));
  }
  assert.throws(() => new CsvEvents(["a", "", "b"]), /column 2 of the header: it has no name/);
});
