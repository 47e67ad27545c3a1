import assert from "node:assert/strict";
import { refusalOf, refusalOfText, REQUIRED } from "./event_fixture.ts";
import { type RefusalCode } from "./refusal.ts";

Deno.test("every wrong field is refused by its name, with the reason", () => {
  const table: readonly (readonly [object, RefusalCode, string, string])[] = [
    [{ price: "abc" }, "wrong_type", "price", 'Cannot read price as a finite number: current value is "abc"'],
    [{ price: true }, "wrong_type", "price", "Cannot read price as a finite number: current value is true"],
    [
      { value: {} },
      "wrong_type",
      "value",
      "Cannot read value as a finite number: current value is an object",
    ],
    [
      { quantity: [1] },
      "wrong_type",
      "quantity",
      "Cannot read quantity as a finite number: current value is an array",
    ],
    [
      { price: "1,50" },
      "wrong_type",
      "price",
      'Cannot read price as a finite number: current value is "1,50"',
    ],
    [
      { price: "1e999" },
      "not_finite",
      "price",
      'Cannot read price as a finite number: current value is "1e999"',
    ],
    [{ price: "NaN" }, "not_finite", "price", 'Cannot read price as a finite number: current value is "NaN"'],
    [{ page: 5 }, "wrong_type", "page", "Cannot read page as a text: current value is 5"],
    [{ store_id: false }, "wrong_type", "store_id", "Cannot read store_id as a text: current value is false"],
    [
      { currency: "EURO" },
      "not_a_currency",
      "currency",
      'Cannot read currency as a currency of three letters: current value is "EURO"',
    ],
    [{ currency: 978 }, "wrong_type", "currency", "Cannot read currency as a text: current value is 978"],
    [{ items: {} }, "wrong_type", "items", "Cannot read items as an array: current value is an object"],
    [
      { items: [{}, null] },
      "wrong_type",
      "items[1]",
      "Cannot read items[1] as an object: current value is null",
    ],
    [
      { items: [{}, {}, { price: "x" }] },
      "wrong_type",
      "items[2].price",
      'Cannot read items[2].price as a finite number: current value is "x"',
    ],
    [
      { items: [{ sku: 7 }] },
      "wrong_type",
      "items[0].sku",
      "Cannot read items[0].sku as a text: current value is 7",
    ],
    [{ utm: [] }, "wrong_type", "utm", "Cannot read utm as an object: current value is an array"],
    [
      { utm: { medium: 1 } },
      "wrong_type",
      "utm.medium",
      "Cannot read utm.medium as a text: current value is 1",
    ],
    [
      { device: { mobile: "yes" } },
      "wrong_type",
      "device.mobile",
      'Cannot read device.mobile as true or false: current value is "yes"',
    ],
    [
      { geo: { lon: {} } },
      "wrong_type",
      "geo.lon",
      "Cannot read geo.lon as a finite number: current value is an object",
    ],
    [
      { event_ts: "yesterday" },
      "not_a_time",
      "event_ts",
      'Cannot read event_ts as an ISO 8601 date-time: current value is "yesterday"',
    ],
    [
      { event_ts: 1772357400000 },
      "wrong_type",
      "event_ts",
      "Cannot read event_ts as a text: current value is 1772357400000",
    ],
    [
      { value: 1e12 },
      "out_of_range",
      "value",
      "Cannot read value as an amount of at most 10^13 minor units: current value is 1000000000000",
    ],
    [
      { price: 1e10, quantity: 1e10 },
      "out_of_range",
      "price",
      "Cannot read price as an amount of at most 10^13 minor units: current value is 10000000000",
    ],
    [
      { items: [{ price: 1e12 }] },
      "out_of_range",
      "items[0].price",
      "Cannot read items[0].price as an amount of at most 10^13 minor units: current value is 1000000000000",
    ],
    [
      { items: [{ price: 9e10 }, { price: 9e10 }] },
      "out_of_range",
      "items",
      "Cannot read items as an amount of at most 10^13 minor units: current value is an array",
    ],
  ];
  for (const [fields, code, field, reason] of table) {
    assert.deepEqual(refusalOf({ ...REQUIRED, ...fields }), { code, field, reason });
  }
});

Deno.test("a required text that is missing, null, empty or something else is refused", () => {
  for (const field of Object.keys(REQUIRED)) {
    const cases: readonly (readonly [unknown, RefusalCode, string])[] = [
      [undefined, "missing", "it is missing"],
      [null, "missing", "it is missing"],
      ["", "empty", "it is empty"],
      [7, "wrong_type", "current value is 7"],
      [["x"], "wrong_type", "current value is an array"],
    ];
    for (const [value, code, problem] of cases) {
      const refusal = refusalOf({ ...REQUIRED, [field]: value });
      assert.deepEqual(refusal, { code, field, reason: `Cannot read ${field} as a text: ${problem}` });
    }
  }
});

Deno.test("the first wrong field is named where there are several, the required ones first", () => {
  assert.equal(refusalOf({ price: "abc", items: 5 }).field, "event_id");
  assert.equal(refusalOf({ ...REQUIRED, user_id: "", utm: 5, page: 5 }).field, "user_id");
});

Deno.test("a long wrong value is cut in the reason", () => {
  const { reason } = refusalOf({ ...REQUIRED, event_ts: "x".repeat(100_000) });
  assert.equal(
    reason,
    `Cannot read event_ts as an ISO 8601 date-time: current value is "${"x".repeat(60)}…"`,
  );
});

Deno.test("a number that JSON can write but a double can't hold is refused as not finite", () => {
  const text = JSON.stringify(REQUIRED).replace("}", ',"price":1e999}');
  assert.deepEqual(refusalOfText(text), {
    code: "not_finite",
    field: "price",
    reason: "Cannot read price as a finite number: current value is Infinity",
  });
});
