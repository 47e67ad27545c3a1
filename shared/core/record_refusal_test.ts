import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, LARGEST_EVENT_BYTES } from "./decode_event.ts";
import { bytesOf, decoded, refusalOfBytes, refusalOfText, REQUIRED } from "./event_fixture.ts";
import { REFUSAL_CODES } from "./refusal.ts";

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
