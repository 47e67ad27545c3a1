import assert from "node:assert/strict";
import fc from "fast-check";
import type { EventRow } from "@countinghouse/cold/event_row";
import { EventColumns } from "./event_columns.ts";
import { EVERY_COLUMN } from "./lake_rows.ts";
import { decodeParquet, encodeParquet } from "./parquet_file.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const label = fc.constantFrom("a", "b", "漢字", 'with "quotes"', " ");
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const whole = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const natural = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value === 0 ? 0 : value);
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });

const row: fc.Arbitrary<EventRow> = fc.record({
  partition: fc.integer({ min: 0, max: 65_535 }),
  offset: natural,
  append_time: time,
  event_id: text,
  event_type: fc.constantFrom("purchase", "other"),
  type_name: fc.constantFrom("purchase", "wishlist"),
  event_time: time,
  user_id: text,
  session_id: text,
  store_id: label,
  page: maybe(text),
  product_id: maybe(label),
  order_id: maybe(text),
  coupon: maybe(label),
  quantity: real,
  currency: maybe(fc.constantFrom("EUR", "JPY", "KWD")),
  amount: maybe(whole),
  items: maybe(fc.array(
    fc.record({ product_id: maybe(label), amount: maybe(whole), quantity: real }, { noNullPrototype: true }),
    { minLength: 1, maxLength: 3 },
  )),
  utm_source: maybe(label),
  utm_medium: maybe(label),
  utm_campaign: maybe(label),
  user_agent: maybe(label),
  os: maybe(label),
  mobile: maybe(fc.boolean()),
  country: maybe(label),
  city: maybe(label),
  lat: maybe(real),
  lon: maybe(real),
  unknown_fields: maybe(fc.json()),
}, { noNullPrototype: true });

function columnsOf(rows: readonly EventRow[]): EventColumns {
  const columns = new EventColumns();
  for (const each of rows) columns.append(each);
  return columns;
}

async function decodeAll(bytes: Uint8Array): Promise<readonly EventRow[]> {
  return (await Array.fromAsync(decodeParquet(bytes, EVERY_COLUMN))).flat() as readonly EventRow[];
}

Deno.test("whatever the rows hold, a file gives back exactly what was put in, in the order asked for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
      const order = Uint32Array.from(rows, (_, at) => rows.length - 1 - at);
      const bytes = await encodeParquet([{ columns: columnsOf(rows), rows: order }]);
      assert.deepEqual(await decodeAll(bytes), rows.toReversed());
    }),
    { numRuns: 40 },
  );
});

Deno.test("half of a surrogate pair, which is no UTF-8, becomes U+FFFD", async () => {
  const [sample] = fc.sample(row, 1);
  const columns = columnsOf([{ ...sample!, event_id: "lone \ud800", page: "\udfff" }]);
  const [read] = await decodeAll(await encodeParquet([{ columns, rows: Uint32Array.of(0) }]));
  assert.deepEqual([read?.event_id, read?.page], ["lone \ufffd", "\ufffd"]);
});

Deno.test("more rows than are turned into Arrow at a time make one file, and only what is wanted is read", async () => {
  const [sample] = fc.sample(row, 1);
  const count = 70_000;
  const columns = new EventColumns();
  for (let offset = 0; offset < count; offset++) columns.append({ ...sample!, offset });
  const rows = Uint32Array.from({ length: count }, (_, at) => at);
  const bytes = await encodeParquet([{ columns, rows }]);
  const read = (await Array.fromAsync(decodeParquet(bytes, ["offset"]))).flat();
  assert.equal(read.length, count);
  assert.ok(read.every((one, at) => one.offset === at && Object.keys(one).length === 1));
});
