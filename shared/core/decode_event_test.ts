import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, type DecodeOptions, LARGEST_EVENT_BYTES } from "./decode_event.ts";
import { EVENT_TYPES, type ShopEvent } from "./event.ts";
import type { CurrencyCode } from "./money.ts";
import { type Refusal, REFUSAL_CODES, type RefusalCode } from "./refusal.ts";

const REQUIRED = {
  event_id: "e-1",
  event_type: "page_view",
  event_ts: "2026-03-01T09:30:00.250Z",
  user_id: "u-1",
  session_id: "s-1",
};

Deno.test("the five required fields make an event, the rest has defaults", () => {
  assert.deepEqual(decoded(REQUIRED), {
    eventId: "e-1",
    type: "page_view",
    typeName: "page_view",
    eventTimeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 250),
    userId: "u-1",
    sessionId: "s-1",
    storeId: "default",
    page: undefined,
    productId: undefined,
    orderId: undefined,
    coupon: undefined,
    quantity: 1,
    currency: undefined,
    amount: undefined,
    items: [],
    utmSource: undefined,
    utmMedium: undefined,
    utmCampaign: undefined,
    userAgent: undefined,
    os: undefined,
    mobile: undefined,
    country: undefined,
    city: undefined,
    lat: undefined,
    lon: undefined,
  });
});

Deno.test("every listed field finds its place", () => {
  const event = decoded({
    ...REQUIRED,
    event_type: "purchase",
    store_id: "shop-de",
    page: "/checkout/done",
    product_id: "p-1",
    order_id: "o-1",
    coupon: "SPRING",
    price: 19.99,
    quantity: 2,
    currency: "eur",
    items: [{ product_id: "p-1", price: 19.99, quantity: 2 }, { sku: "p-2" }, { id: "p-3", price: 0.5 }],
    utm: { source: "newsletter", medium: "email", campaign: "spring" },
    device: { user_agent: "Mozilla/5.0", os: "iOS", mobile: true },
    geo: { country: "DE", city: "Köln", lat: 50.94, lon: 6.96 },
    loyalty: { tier: "gold" },
  });
  assert.deepEqual(event, {
    eventId: "e-1",
    type: "purchase",
    typeName: "purchase",
    eventTimeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 250),
    userId: "u-1",
    sessionId: "s-1",
    storeId: "shop-de",
    page: "/checkout/done",
    productId: "p-1",
    orderId: "o-1",
    coupon: "SPRING",
    quantity: 2,
    currency: "EUR",
    amount: 4_048,
    items: [
      { productId: "p-1", amount: 3_998, quantity: 2 },
      { productId: "p-2", amount: undefined, quantity: 1 },
      { productId: "p-3", amount: 50, quantity: 1 },
    ],
    utmSource: "newsletter",
    utmMedium: "email",
    utmCampaign: "spring",
    userAgent: "Mozilla/5.0",
    os: "iOS",
    mobile: true,
    country: "DE",
    city: "Köln",
    lat: 50.94,
    lon: 6.96,
  });
});

Deno.test("a known type keeps its meaning, any other is counted as other under its own name", () => {
  for (const type of EVENT_TYPES) assert.equal(decoded({ ...REQUIRED, event_type: type }).type, type);
  const wish = decoded({ ...REQUIRED, event_type: "add_to_wishlist" });
  assert.equal(wish.type, "other");
  assert.equal(wish.typeName, "add_to_wishlist");
});

Deno.test("an optional field that is null or empty is absent", () => {
  const optional = [
    "store_id",
    "page",
    "product_id",
    "order_id",
    "coupon",
    "price",
    "quantity",
    "value",
    "currency",
  ];
  const objects = ["items", "utm", "device", "geo"];
  for (const nothing of [null, ""]) {
    const fields = Object.fromEntries([...optional, ...objects].map((name) => [name, nothing]));
    assert.deepEqual(decoded({ ...REQUIRED, ...fields }), decoded(REQUIRED));
  }
  assert.deepEqual(
    decoded({
      ...REQUIRED,
      utm: { source: null },
      device: { mobile: null, os: "" },
      geo: { lat: null },
      items: [],
    }),
    decoded(REQUIRED),
  );
});

Deno.test("the amount is the value, else the sum of the items, else price x quantity", () => {
  const money = { ...REQUIRED, event_type: "purchase", currency: "EUR" };
  const items = [{ price: 5, quantity: 2 }, { price: 1.25 }];
  assert.equal(decoded({ ...money, value: 99.5, items, price: 7, quantity: 3 }).amount, 9_950);
  assert.equal(decoded({ ...money, items, price: 7, quantity: 3 }).amount, 1_125);
  assert.equal(decoded({ ...money, items: [{ sku: "a" }], price: 7, quantity: 3 }).amount, 2_100);
  assert.equal(decoded({ ...money, price: 7, quantity: 3 }).amount, 2_100);
  assert.equal(decoded({ ...money, price: 7 }).amount, 700);
  assert.equal(decoded({ ...money, value: 0, price: 7 }).amount, 0);
  assert.equal(decoded({ ...money, quantity: 3 }).amount, undefined);
});

Deno.test("the amount is exact, and rounded once", () => {
  const money = { ...REQUIRED, event_type: "purchase", currency: "USD" };
  assert.equal(decoded({ ...money, price: 0.3333, quantity: 3 }).amount, 100);
  assert.equal(decoded({ ...money, value: 1.005 }).amount, 101);
  const items = [{ price: 0.004, quantity: 1 }, { price: 0.004, quantity: 1 }];
  const event = decoded({ ...money, items });
  assert.equal(event.amount, 1);
  assert.deepEqual(event.items.map((item) => item.amount), [0, 0]);
  assert.equal(decoded({ ...money, value: 1999, currency: "JPY" }).amount, 1_999);
  assert.equal(decoded({ ...money, value: 1.999, currency: "KWD" }).amount, 1_999);
});

Deno.test("a number may be sent as decimal text where it is about money", () => {
  const sent = { ...REQUIRED, currency: "EUR", price: "19.99", quantity: "2" };
  assert.equal(decoded(sent).amount, 3_998);
  assert.equal(decoded(sent).quantity, 2);
  assert.equal(decoded({ ...REQUIRED, value: "19.990000000000000000" }).amount, 1_999);
  assert.equal(decoded({ ...REQUIRED, value: "1.00499999999999999999" }).amount, 100);
  assert.equal(decoded({ ...REQUIRED, items: [{ price: "1.10", quantity: "3" }] }).amount, 330);
  assert.deepEqual(refusalOf({ ...REQUIRED, geo: { lat: "50.94" } }), {
    code: "wrong_type",
    field: "geo.lat",
    reason: 'Cannot read geo.lat as a finite number: current value is "50.94"',
  });
});

Deno.test("money without a currency is in the default one, and no money needs none", () => {
  const money = { ...REQUIRED, value: 5 };
  assert.equal(decoded(money).currency, "USD");
  assert.equal(decoded(money, { defaultCurrency: "JPY" as CurrencyCode }).currency, "JPY");
  assert.equal(decoded(money, { defaultCurrency: "JPY" as CurrencyCode }).amount, 5);
  assert.equal(
    decoded({ ...money, currency: "EUR" }, { defaultCurrency: "JPY" as CurrencyCode }).currency,
    "EUR",
  );
  assert.equal(decoded({ ...REQUIRED, currency: "EUR" }).currency, "EUR");
  assert.equal(decoded(REQUIRED).currency, undefined);
});

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

Deno.test("a record without a value or with an empty one is no event", () => {
  assert.deepEqual(refusalOfBytes(null), {
    code: "missing",
    field: "",
    reason: "Cannot read the record as an event: it has no value",
  });
  assert.deepEqual(refusalOfBytes(new Uint8Array()), {
    code: "empty",
    field: "",
    reason: "Cannot read the record as an event: it is empty",
  });
});

Deno.test("what is not an object is no event", () => {
  const reasons = {
    "null": "null",
    "[]": "an array",
    "5": "a number",
    '"x"': "a string",
    "true": "a boolean",
  };
  for (const [text, kind] of Object.entries(reasons)) {
    assert.deepEqual(refusalOfText(text), {
      code: "not_an_object",
      field: "",
      reason: `Cannot read the record as a JSON object: it is ${kind}`,
    });
  }
});

Deno.test("what is not JSON is refused with the position", () => {
  const table = {
    '{"event_id": x}': 'Cannot read the record as JSON: unexpected "x" at position 13',
    '{"event_id": "e"': "Cannot read the record as JSON: it ends too early, at position 16",
    "event_id,event_type": 'Cannot read the record as JSON: unexpected "e" at position 0',
    '{"a":1}\n{"a":2}': 'Cannot read the record as JSON: unexpected "{" at position 8',
    '{"a":"\u0001"}': 'Cannot read the record as JSON: unexpected "\\u0001" at position 6',
  };
  for (const [text, reason] of Object.entries(table)) {
    assert.deepEqual(refusalOfText(text), { code: "not_json", field: "", reason });
  }
});

Deno.test("bytes that are not UTF-8 are refused, also after and before good ones; a byte order mark is no harm", () => {
  const good = bytesOf(REQUIRED);
  const bad = Uint8Array.from(good);
  bad[good.indexOf(0x31)] = 0xff;
  assert.deepEqual(refusalOfBytes(bad), {
    code: "not_utf8",
    field: "",
    reason: "Cannot read the record as UTF-8: it has bytes that are not",
  });
  assert.ok(decodeEvent(good).ok);
  assert.ok(decodeEvent(Uint8Array.of(0xef, 0xbb, 0xbf, ...good)).ok);
  assert.equal(decoded({ ...REQUIRED, page: "\ufffd" }).page, "\ufffd");
});

Deno.test("an event of 1 MiB is taken, one byte more is refused", () => {
  const withPage = (length: number) => bytesOf({ ...REQUIRED, page: "x".repeat(length) });
  const most = LARGEST_EVENT_BYTES - withPage(0).length;
  assert.ok(decodeEvent(withPage(most)).ok);
  assert.deepEqual(refusalOfBytes(withPage(most + 1)), {
    code: "too_large",
    field: "",
    reason: "Cannot read the record as at most 1048576 bytes: it has 1048577",
  });
});

Deno.test("an id of 1,024 characters is taken, a longer one is refused by its name", () => {
  for (const field of ["event_id", "user_id", "session_id", "store_id", "order_id"]) {
    assert.ok(decodeEvent(bytesOf({ ...REQUIRED, [field]: "x".repeat(1_024) })).ok, field);
    assert.deepEqual(refusalOfBytes(bytesOf({ ...REQUIRED, [field]: "x".repeat(1_025) })), {
      code: "too_large",
      field,
      reason: `Cannot read ${field} as at most 1024 characters: it has 1025`,
    });
  }
});

Deno.test("half a surrogate pair in an id becomes the replacement character, as it would in any store", () => {
  assert.equal(decoded({ ...REQUIRED, store_id: "a\ud800b" }).storeId, "a\ufffdb");
});

Deno.test("64 levels are taken, 65 are refused, and 100,000 neither crash nor take long", () => {
  const nested = (levels: number) =>
    `{"event_id":"e","deep":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  assert.equal(refusalOfText(nested(64)).code, "missing");
  for (const levels of [65, 1_000, 100_000]) {
    assert.deepEqual(refusalOfText(nested(levels)), {
      code: "too_deep",
      field: "",
      reason: "Cannot read the record as at most 64 nested levels: it nests deeper",
    });
  }
  assert.equal(refusalOfText("[".repeat(500_000)).code, "too_deep");
});

Deno.test("many brackets in texts, or many flat items, are not deep", () => {
  const items = Array.from({ length: 200 }, () => ({ price: 1 }));
  const event = decoded({ ...REQUIRED, page: '[{"'.repeat(100), items });
  assert.equal(event.amount, 20_000);
});

Deno.test("any bytes and any JSON are answered, never thrown at", () => {
  const answers = (value: Uint8Array) => {
    const answer = decodeEvent(value);
    if (answer.ok) return;
    assert.ok(REFUSAL_CODES.includes(answer.refusal.code));
    assert.match(answer.refusal.reason, /^Cannot read .+ as .+: .+/s);
    assert.ok(answer.refusal.reason.length < 300);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), answers), { numRuns: 1_000 });
  fc.assert(fc.property(fc.json(), (text) => answers(new TextEncoder().encode(text))), { numRuns: 1_000 });
});

Deno.test("an event with any field set to anything is taken or refused by the name of that field", () => {
  const names = [
    ...Object.keys(REQUIRED),
    ..."store_id page product_id order_id coupon price quantity value currency items utm device geo".split(
      " ",
    ),
  ];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(1e308, -0, 1e-320, "1e308", "0x1", "__proto__", "\ud800"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), anything, (name, value) => {
      const answer = decodeEvent(bytesOf({ ...REQUIRED, [name]: value }));
      if (!answer.ok) assert.ok(answer.refusal.field.startsWith(name), answer.refusal.reason);
      else if (answer.value.amount !== undefined) assert.ok(Number.isSafeInteger(answer.value.amount));
    }),
    { numRuns: 3_000 },
  );
});

function bytesOf(fields: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(fields));
}

function decoded(fields: object, options?: DecodeOptions): ShopEvent {
  const answer = decodeEvent(bytesOf(fields), options);
  assert.ok(answer.ok, answer.ok ? "" : answer.refusal.reason);
  return answer.value;
}

function refusalOf(fields: object): Refusal {
  return refusalOfBytes(bytesOf(fields));
}

function refusalOfText(text: string): Refusal {
  return refusalOfBytes(new TextEncoder().encode(text));
}

function refusalOfBytes(value: Uint8Array | null): Refusal {
  const answer = decodeEvent(value);
  assert.ok(!answer.ok, "it was taken, and should have been refused");
  return answer.refusal;
}
