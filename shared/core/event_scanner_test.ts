import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "./decode_event.ts";
import { EventFacts } from "./event_facts.ts";
import { bytesOf, REQUIRED } from "./event_fixture.ts";
import { EventScanner } from "./event_scanner.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const scanner = new EventScanner();

/** Whether the scanner reads an event by itself; fails when it then makes something else of it than decodeEvent. */
function isScanned(bytes: Uint8Array): boolean {
  const scanned = new EventFacts();
  if (!scanner.scan(bytes, scanned)) return false;
  const decoded = decodeEvent(bytes);
  assert.ok(decoded.ok, decoded.ok ? "" : `it was scanned, but ${decoded.refusal.reason}`);
  const expected = new EventFacts();
  expected.take(decoded.value);
  assert.deepStrictEqual(scanned, expected);
  return true;
}

/** The usual, and now and then something odd: so that most events have an oddity or two, and many have none. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: odd });
const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
const space = mostly(fc.constant(""), fc.constantFrom(" ", "\n\t", "\r\n  ", "\u00a0", "\f"));
const number = mostly(
  fc.oneof(fc.nat().map(String), fc.tuple(fc.nat({ max: 9_999 }), digits(3)).map((parts) => parts.join("."))),
  fc.oneof(
    fc.tuple(fc.constantFrom("", "-", "+"), digits(18), fc.constantFrom("", ".", ".5", ".05", ".333333333"))
      .map((parts) => parts.join("")),
    fc.constantFrom(
      "0",
      "-0",
      "0.0",
      "1e3",
      "1E-2",
      "1e999",
      "00",
      "01",
      ".5",
      "1.",
      "-",
      "1e",
      "-0.0",
      "NaN",
    ),
    fc.double().map(String),
  ),
);
const character = fc.oneof(
  fc.constantFrom("é", "京", "😀", "\ufeff", "\ufffd", "\u0000", "\u001f", "\u007f", '"', "\\", "\n"),
  fc.constantFrom("\\n", "\\u0041", "\\ud800", "\\uD83D\\uDE00", '\\"', "\\/", "\\x"),
  fc.string({ unit: "binary", maxLength: 1 }),
);
const text = mostly(
  fc.oneof(fc.stringMatching(/^[a-z0-9 ./_-]{0,12}$/), fc.constantFrom("Malmö", "東京", "😀😀", "\ufeffx")),
  fc.array(character, { maxLength: 3 }).map((parts) => parts.join("")),
).map((characters) => `"${characters}"`);
const type = fc.constantFrom("page_view", "purchase", "refund", "view_item", "add_to_cart", "wishlist")
  .map((name) => `"${name}"`);
const time = mostly(
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") }).map((date) =>
    JSON.stringify(date)
  ),
  fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
    fc.constantFrom(
      '"2026-02-29T00:00:00.000Z"',
      '"2026-01-01T24:00:00.000Z"',
      '"2026-01-01 10:00:00+02:00"',
    ),
  ),
);
const odd = fc.oneof(
  number,
  text,
  fc.constantFrom("null", '""', "true", "false", "[]", "{}", "nul", "[[1]]"),
);
const currency = mostly(
  fc.constantFrom('"EUR"', '"JPY"', '"KWD"', '"usd"'),
  fc.constantFrom('"EURO"', '"e1r"'),
);

/** An object with these fields in any order: some left out, some twice, some of another type or by another name. */
function fields(of: Record<string, fc.Arbitrary<string>>, required: readonly string[] = []) {
  const written = Object.entries(of).map(([name, value]) =>
    fc.record({
      rank: fc.nat(),
      name: mostly(fc.constant(name), fc.constantFrom("item\\u0073", "x", "utm", "price")),
      value: mostly(value, odd),
      times: mostly(required.includes(name) ? fc.constant(1) : fc.nat({ max: 1 }), fc.nat({ max: 2 })),
      spaces: fc.tuple(space, space, space),
    })
  );
  return fc.tuple(...written).map((entries) => {
    const parts = entries.sort((a, b) => a.rank - b.rank).flatMap((
      { name, value, times, spaces: [a, b, c] },
    ) => Array.from({ length: times }, () => `${a}"${name}"${b}:${c}${value}${a}`));
    return `{${parts.join(",")}}`;
  });
}
const array = (of: fc.Arbitrary<string>) =>
  fc.array(of, { maxLength: 3 }).map((parts) => `[${parts.join(",")}]`);
const event = fields({
  event_id: text,
  event_type: type,
  event_ts: time,
  user_id: text,
  session_id: text,
  store_id: text,
  page: text,
  product_id: text,
  order_id: text,
  coupon: text,
  price: number,
  quantity: fc.oneof(fc.nat({ max: 9 }).map(String), number),
  value: number,
  currency,
  items: array(fields({ product_id: text, sku: text, id: text, price: number, quantity: number })),
  utm: fields({ source: text, medium: text, campaign: text, term: text }),
  device: fields({
    user_agent: text,
    os: text,
    mobile: fc.constantFrom("true", "false"),
    screen: array(number),
  }),
  geo: fields({ country: text, city: text, lat: number, lon: number }),
  anything: odd,
}, Object.keys(REQUIRED));

Deno.test("what is scanned is what decodeEvent makes of it, however odd the event", () => {
  let scanned = 0;
  let doubted = 0;
  fc.assert(
    fc.property(event, (json) => {
      if (isScanned(encode(json))) scanned++;
      else doubted++;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(scanned > 500, `only ${scanned} were scanned`);
  assert.ok(doubted > 500, `only ${doubted} were in doubt`);
});

const WHOLE = {
  ...REQUIRED,
  event_type: "purchase",
  store_id: "nord",
  page: "/thanks",
  order_id: "o-1",
  coupon: null,
  currency: "EUR",
  value: 48.5,
  items: [{ product_id: "mug", price: 4.5, quantity: 2 }, {
    sku: "hat",
    price: 39.5,
    name: "Hat",
    tags: [1, {}],
  }],
  utm: { source: "mail", medium: "news", campaign: "may" },
  device: { user_agent: "Mozilla/5.0", os: "iOS", mobile: true },
  geo: { country: "SE", city: "Malmö", lat: 55.6050321, lon: -13.0 },
};

Deno.test("one wrong, missing or additional byte anywhere is judged as decodeEvent judges it", () => {
  const plain = bytesOf(WHOLE);
  const change = fc.record({
    at: fc.nat({ max: plain.length - 1 }),
    remove: fc.nat({ max: 2 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(...'{}[]",:\\ 0-.e'.split("")).map(encode),
    ),
  });
  let scanned = 0;
  fc.assert(
    fc.property(change, ({ at, remove, insert }) => {
      if (isScanned(Uint8Array.of(...plain.subarray(0, at), ...insert, ...plain.subarray(at + remove)))) {
        scanned++;
      }
    }),
    { numRuns: 20_000 },
  );
  assert.ok(scanned > 2_000, `only ${scanned} were scanned`);
  for (let end = 0; end < plain.length; end++) assert.equal(isScanned(plain.subarray(0, end)), false);
});

Deno.test("the shapes that shops send are scanned, without decodeEvent's help", () => {
  const shapes: object[] = [
    REQUIRED,
    WHOLE,
    { ...WHOLE, page: null, product_id: "", items: [], utm: null, geo: {}, device: { mobile: false } },
    { ...WHOLE, value: undefined, search: { query: "grüne Tasse", pages: [1, 2, { of: 9 }] }, consent: true },
    { ...REQUIRED, price: 19.99, quantity: 3, currency: "jpy", event_type: "wishlist" },
    { ...REQUIRED, price: 0.3333, quantity: 3 },
    { ...REQUIRED, geo: { city: "東京", country: "日本" }, user_id: "😀" },
  ];
  for (const shape of shapes) {
    assert.ok(isScanned(bytesOf(shape)), JSON.stringify(shape));
    assert.ok(isScanned(encode(JSON.stringify(shape, undefined, 2))), "written over several lines");
  }
});

Deno.test("what only a complete parser can judge is left to decodeEvent", () => {
  const without = (name: string) => JSON.stringify({ ...REQUIRED, [name]: undefined });
  const cases = [
    ...Object.keys(REQUIRED).map(without),
    JSON.stringify({ ...REQUIRED, page: 'a "quoted" one' }),
    JSON.stringify({ ...REQUIRED, price: "19.99" }),
    JSON.stringify({ ...REQUIRED, value: 1e13, currency: "KWD" }),
    JSON.stringify({ ...REQUIRED, user_id: "u".repeat(1_025) }),
    JSON.stringify({ ...REQUIRED, deep: JSON.parse("[".repeat(30) + "]".repeat(30)) }),
    JSON.stringify(REQUIRED).replace("}", ',"user_id":"other"}'),
    `\ufeff${JSON.stringify(REQUIRED)}`,
    `${JSON.stringify(REQUIRED)} {}`,
    JSON.stringify({ ...REQUIRED, note: "x".repeat(1_048_576) }),
    "[]",
    "",
  ];
  for (const json of cases) assert.equal(isScanned(encode(json)), false, json.slice(0, 200));
});
