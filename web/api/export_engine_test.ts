import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { readSchema } from "parquet-wasm";
import { ColdSink, type ColdStore, EVENT_COLUMNS, RowFold } from "@countinghouse/cold";
import { rowsOf, withColdStore } from "@countinghouse/cold/fixture";
import type { Offset } from "@countinghouse/core";
import { testApp } from "../app_fixture.ts";
import { type EventSource, warehouseEvents } from "./export_source.ts";

const T0 = Date.parse("2026-03-01T12:00:00.000Z");
type Row = Readonly<Record<string, unknown>>;

/** Writes records to the warehouse as its worker does; `fields` go over a plain event. */
async function ingest(store: ColdStore, partition: number, from: number, fields: readonly Row[]) {
  const records = fields.map((event, at) => ({
    offset: from + at as Offset,
    appendTimeMs: T0 + from + at,
    key: null,
    value: new TextEncoder().encode(JSON.stringify({
      event_id: `${partition}/${from + at}`,
      event_type: "page_view",
      event_ts: new Date(T0).toISOString(),
      user_id: "u",
      session_id: "s",
      ...event,
    })),
  }));
  const through = from + records.length as Offset;
  const fold = new RowFold(partition, from as Offset);
  fold.apply({ partition, records, from: from as Offset, through, end: through });
  await new ColdSink(store).write({ partition, through, end: through, change: fold.take() });
}

function appOn(store: ColdStore) {
  return testApp([], { exportedEvents: warehouseEvents(store) });
}

const NOTHING = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, null]));
const SENT: readonly Row[] = [
  {
    event_id: "e1",
    event_type: "purchase",
    event_ts: "2026-03-01T12:00:05.123Z",
    user_id: "=cmd|'/c calc'!A0",
    order_id: "o1",
    currency: "EUR",
    coupon: "-20%",
    items: [{ product_id: "p,1", price: 0.1, quantity: 3 }, { product_id: "+p2", price: 19.99 }],
    utm: { source: "mail", campaign: 'say "hi"' },
    device: { os: "Linux", mobile: false },
    geo: { country: "DE", city: "Köln\r\nEhrenfeld", lat: 50.9, lon: -6.9 },
    loyalty: { level: 3 },
  },
  { event_id: "e1", event_ts: "2026-03-01T12:00:06.000Z" },
  {
    event_id: "e2",
    event_type: "refund",
    event_ts: "2026-03-01T12:00:04.000Z",
    value: 1234,
    currency: "JPY",
    quantity: -2,
  },
  { event_id: "e3", event_type: "wave", event_ts: "2026-03-01T12:00:05.123Z", value: 0.005, currency: "KWD" },
  { event_id: "e4", event_type: "purchase", event_ts: "2026-03-01T12:00:07.000Z", order_id: "o1", value: 9 },
  { event_id: "e5", event_ts: "2026-03-01T13:00:00.000Z" },
  { event_id: "e6", store_id: "other", event_ts: "2026-03-01T12:00:05.000Z" },
];
const PLAIN_ROW = {
  ...NOTHING,
  event_type: "page_view",
  user_id: "u",
  session_id: "s",
  store_id: "default",
  quantity: 1,
  items: [],
  partition: 1,
};
/** What of it belongs to the store and the hour, once each, by event time, partition and offset. */
const EXPECTED: readonly Row[] = [
  {
    ...PLAIN_ROW,
    event_id: "e2",
    event_type: "refund",
    event_time: "2026-03-01T12:00:04.000Z",
    currency: "JPY",
    amount: "1234",
    amount_minor: 1234,
    quantity: -2,
    append_time: "2026-03-01T12:00:00.002Z",
    offset: 2,
  },
  {
    ...PLAIN_ROW,
    event_id: "e1",
    event_type: "purchase",
    event_time: "2026-03-01T12:00:05.123Z",
    user_id: "=cmd|'/c calc'!A0",
    order_id: "o1",
    coupon: "-20%",
    currency: "EUR",
    amount: "20.29",
    amount_minor: 2029,
    items: [
      { product_id: "p,1", quantity: 3, amount: "0.30", amount_minor: 30 },
      { product_id: "+p2", quantity: 1, amount: "19.99", amount_minor: 1999 },
    ],
    utm_source: "mail",
    utm_campaign: 'say "hi"',
    os: "Linux",
    mobile: false,
    country: "DE",
    city: "Köln\r\nEhrenfeld",
    lat: 50.9,
    lon: -6.9,
    unknown_fields: '{"loyalty":{"level":3}}',
    append_time: "2026-03-01T12:00:00.000Z",
    offset: 0,
  },
  {
    ...PLAIN_ROW,
    event_id: "e3",
    event_type: "wave",
    event_time: "2026-03-01T12:00:05.123Z",
    currency: "KWD",
    amount: "0.005",
    amount_minor: 5,
    append_time: "2026-03-01T12:00:00.003Z",
    offset: 3,
  },
];
const HOUR = "start_time=2026-03-01T12:00:00Z&end_time=2026-03-01T13:00:00Z";

/** The cells of a row in CSV. */
function csvCells(row: Row): string[] {
  return EVENT_COLUMNS.map((name) => {
    const value = row[name];
    if (value === null || value === undefined) return "";
    if (typeof value === "object") return JSON.stringify(value);
    return name === "user_id" || name === "coupon" ? String(value).replace(/^([=-])/, "'$1") : String(value);
  });
}

Deno.test("what was ingested is what is exported: CSV, NDJSON, JSON", () =>
  withColdStore(async (store) => {
    await ingest(store, 1, 0, SENT);
    using app = appOn(store);
    const file = async (format: string) =>
      await (await app.get(`/export/events?${HOUR}&format=${format}`)).text();
    const [header, ...rows] = parse(await file("csv"));
    assert.deepEqual(header, EVENT_COLUMNS);
    assert.deepEqual(rows, EXPECTED.map(csvCells));
    assert.deepEqual(JSON.parse(await file("json")), EXPECTED);
    const lines = (await file("ndjson")).trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), EXPECTED);
  }));

Deno.test("what was ingested is what is exported: Parquet, by its types, read back by ClickHouse", () =>
  withColdStore(async (store) => {
    await ingest(store, 1, 0, SENT);
    using app = appOn(store);
    const file = await (await app.get(`/export/events?${HOUR}&format=parquet`)).bytes();
    const { fields } = tableFromIPC(readSchema(file).intoIPCStream()).schema;
    const types = new Map(fields.map(({ name, type }) => [name, String(type)]));
    assert.deepEqual([...types.keys()], EVENT_COLUMNS);
    for (const time of ["event_time", "append_time"]) {
      assert.equal(types.get(time), "Timestamp<MILLISECOND, UTC>");
    }
    assert.deepEqual([types.get("amount_minor"), types.get("amount"), types.get("mobile")], [
      "Int64",
      "Utf8",
      "Bool",
    ]);

    await store.client.command({
      query: `CREATE TABLE back (${
        EVENT_COLUMNS.map((name) => `${name} ${TYPES[name] ?? "Nullable(String)"}`)
      })
        ENGINE = MergeTree ORDER BY tuple()`,
    });
    const { stream } = await store.client.exec({
      query: "INSERT INTO back FORMAT Parquet",
      values: Readable.from([Buffer.from(file)], { objectMode: false }),
    });
    await text(stream);
    assert.deepEqual(
      await rowsOf(store, "SELECT * FROM back SETTINGS date_time_output_format = 'iso'"),
      EXPECTED,
    );
  }));

const TYPES: Readonly<Record<string, string>> = {
  event_time: "DateTime64(3, 'UTC')",
  append_time: "DateTime64(3, 'UTC')",
  quantity: "Float64",
  amount_minor: "Nullable(Int64)",
  items:
    "Array(Tuple(product_id Nullable(String), quantity Float64, amount Nullable(String), amount_minor Nullable(Int64)))",
  mobile: "Nullable(Bool)",
  lat: "Nullable(Float64)",
  lon: "Nullable(Float64)",
  partition: "UInt16",
  offset: "UInt32",
};

Deno.test("a range without events is an empty file in every format, also of an empty warehouse", () =>
  withColdStore(async (store) => {
    using app = appOn(store);
    const check = async () => {
      const file = (format: string) => app.get(`/export/events?end_time=2020-01-01&format=${format}`);
      assert.deepEqual(parse(await (await file("csv")).text()), [EVENT_COLUMNS]);
      assert.deepEqual(await (await file("json")).json(), []);
      assert.equal(await (await file("ndjson")).text(), "");
      const { fields } =
        tableFromIPC(readSchema(await (await file("parquet")).bytes()).intoIPCStream()).schema;
      assert.deepEqual(fields.map(({ name }) => name), EVENT_COLUMNS);
    };
    await check();
    await ingest(store, 1, 0, SENT);
    await check();
  }));

Deno.test("pages are the same log whatever arrives meanwhile, and every row is on one of them", () =>
  withColdStore(async (store) => {
    const many = (from: number, name = "") =>
      Array.from({ length: 30 }, (_, at) => ({
        event_id: `${name}${(from + at) % 50}`,
        event_ts: new Date(T0 + (at * 7) % 5).toISOString(),
      }));
    await ingest(store, 0, 0, many(0));
    await ingest(store, 2, 0, many(20));
    using app = appOn(store);
    const idsOf = async (response: Response) =>
      (await response.text()).split("\n").filter(Boolean).map((line) => {
        const { event_time, partition, offset } = JSON.parse(line);
        return `${event_time},${partition},${offset}`;
      });
    const whole = await app.get("/export/events?format=ndjson");
    const asOf = whole.headers.get("x-as-of")!;
    const expected = await idsOf(whole);
    assert.equal(expected.length, 50);

    const paged: string[] = [];
    let path = "/export/events?format=ndjson&limit=7";
    for (let page = 0; path !== ""; page++) {
      const response = await app.get(path);
      const ids = await idsOf(response);
      assert.ok(ids.length <= 7);
      paged.push(...ids);
      path = /^<(.*)>/.exec(response.headers.get("link") ?? "")?.[1] ?? "";
      await ingest(store, page % 3, 30 + page, many(0, page % 2 === 0 ? `${page}/` : ""));
    }
    assert.deepEqual(paged, expected);

    const rest = await app.get(`/export/events?format=ndjson&as_of=${asOf}&after=${expected[20]}`);
    assert.deepEqual(await idsOf(rest), expected.slice(21));
  }));

Deno.test("the warehouse is asked for no more than the reader takes", () =>
  withColdStore(async (store) => {
    const rows = 250_000;
    await store.client.command({
      query: `INSERT INTO events (partition, offset, append_time, event_id, event_type, event_time, store_id)
        SELECT 0, number, fromUnixTimestamp64Milli(${T0}), toString(number), 'page_view',
          fromUnixTimestamp64Milli(${T0} + number), 'default' FROM numbers(${rows})`,
    });
    const warehouse = warehouseEvents(store);
    let asked = 0;
    const events: EventSource = {
      ...warehouse,
      async *slices(...arguments_) {
        for await (const slice of warehouse.slices(...arguments_)) {
          asked++;
          yield slice;
        }
      },
    };
    using app = testApp([], { exportedEvents: events });
    const lines = (await app.get("/export/events?format=ndjson")).body!
      .pipeThrough(new TextDecoderStream()).getReader();
    let read = 0;
    while (read < 20_000) read += (await lines.read()).value!.split("\n").length - 1;
    assert.equal(asked, 1);
    for (let next = await lines.read(); !next.done; next = await lines.read()) {
      read += next.value.split("\n").length - 1;
    }
    assert.deepEqual([read, asked], [rows, 3]);
  }));
