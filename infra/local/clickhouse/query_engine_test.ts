import assert from "node:assert/strict";
import { createClient, TupleParam } from "@clickhouse/client";
import { QUIET, rejection, ServerOfTests } from "./client_fixture.ts";

const on = new ServerOfTests();

Deno.test("ping answers, with and without a query", async () => {
  assert.deepEqual(await on.client.ping(), { success: true });
  assert.deepEqual(await on.client.ping({ select: true }), { success: true });
});

Deno.test("parameters of every kind arrive as they were sent", async () => {
  const awkward = "tab\there 'quote' \"double\" back\\slash new\nline ünïcode 🛒 {x:String}";
  const [row] = await on.rows(
    `SELECT {awkward:String} AS awkward, {none:Nullable(String)} AS none, toString({count:UInt64}) AS count,
      toString({price:Decimal(18, 4)}) AS price, {yes:Bool} AS yes, {day:Date} AS day,
      {at:DateTime64(3, 'UTC')} AS at, {names:Array(String)} AS names, {maybe:Array(Nullable(Int32))} AS maybe,
      {pair:Tuple(String, Int32)} AS pair, {map:Map(String, UInt8)} AS map, {table:Identifier}.dummy AS dummy
      FROM system.{table:Identifier}`,
    {
      query_params: {
        awkward,
        none: null,
        count: "18446744073709551615",
        price: "12.3456",
        yes: true,
        day: "2026-02-28",
        at: new Date("2026-02-28T23:59:59.123Z"),
        names: ["a'b", 'c"d', "e\\f", ""],
        maybe: [1, null, -3],
        pair: new TupleParam(["x", 1]),
        map: { b: 2 },
        table: "one",
      },
    },
  );
  assert.deepEqual(row, {
    awkward,
    none: null,
    count: "18446744073709551615",
    price: "12.3456",
    yes: true,
    day: "2026-02-28",
    at: "2026-02-28 23:59:59.123",
    names: ["a'b", 'c"d', "e\\f", ""],
    maybe: [1, null, -3],
    pair: ["x", 1],
    map: { b: 2 },
    dummy: 0,
  });
});

Deno.test("parameters too long for an address arrive in a form", async () => {
  const ids = Array.from({ length: 20_000 }, (_, id) => `id-${id}`);
  const [row] = await on.rows("SELECT length({ids:Array(String)}) AS n, {ids:Array(String)}[20000] AS last", {
    query_params: { ids },
    use_multipart_params: true,
  });
  assert.deepEqual(row, { n: 20_000, last: "id-19999" });
});

Deno.test("settings hold for their own request only", async () => {
  const query =
    "SELECT getSetting('max_block_size') AS size, getSetting('date_time_output_format') AS format";
  const [set] = await on.rows(query, {
    clickhouse_settings: { max_block_size: "17", date_time_output_format: "iso" },
  });
  assert.deepEqual(set, { size: 17, format: "iso" });
  const [unset] = await on.rows<{ size: number; format: string }>(query);
  assert.notEqual(unset?.size, 17);
  assert.equal(unset?.format, "simple");
});

Deno.test("a parameter of one request is unknown to the next", async () => {
  await on.rows("SELECT {leak:String}", { query_params: { leak: "x" } });
  assert.equal((await rejection(on.rows("SELECT {leak:String}"))).type, "UNKNOWN_QUERY_PARAMETER");
});

Deno.test("requests at the same time keep their own parameters and settings", async () => {
  const answers = await Promise.all(
    Array.from(
      { length: 200 },
      (_, n) =>
        on.rows<{ n: number; size: number }>("SELECT {n:UInt32} AS n, getSetting('max_block_size') AS size", {
          query_params: { n },
          clickhouse_settings: { max_block_size: String(1_000 + n) },
        }),
    ),
  );
  assert.deepEqual(answers.flat(), Array.from({ length: 200 }, (_, n) => ({ n, size: 1_000 + n })));
});

Deno.test("a result comes in the format asked for, with what the client reads off the headers", async () => {
  const json = await on.client.query({
    query: "SELECT 1 AS a, 'x' AS b",
    format: "JSON",
    query_id: "headers-1",
  });
  assert.equal(json.query_id, "headers-1");
  assert.equal(json.response_headers["x-clickhouse-query-id"], "headers-1");
  assert.equal(json.response_headers["x-clickhouse-format"], "JSON");
  assert.equal(json.response_headers["x-clickhouse-timezone"], "UTC");
  assert.equal(json.response_headers["content-type"], "application/json; charset=UTF-8");
  const { data, rows: count } = await json.json<{ a: number; b: string }>();
  assert.deepEqual(data, [{ a: 1, b: "x" }]);
  assert.equal(count, 1);
  for (
    const [format, expected] of [
      ["CSVWithNames", '"a","b"\n1,"x"\n'],
      ["TabSeparatedWithNamesAndTypes", "a\tb\nUInt8\tString\n1\tx\n"],
      ["JSONCompactEachRow", '[1, "x"]\n'],
    ] as const
  ) {
    assert.equal(
      await (await on.client.query({ query: "SELECT 1 AS a, 'x' AS b", format })).text(),
      expected,
    );
  }
});

Deno.test("a long result with a header has it once", async () => {
  const result = await on.client.query({
    query: 'SELECT number AS "a\nb" FROM numbers(300000)',
    format: "CSVWithNames",
  });
  const lines = (await result.text()).split("\n");
  assert.deepEqual(lines.slice(0, 3), ['"a', 'b"', "0"]);
  assert.equal(lines.length, 300_000 + 3);
  assert.equal(lines.filter((line) => line === 'b"').length, 1);
});

Deno.test("a statement with a comment behind it and a semicolon inside a string is one statement", async () => {
  assert.deepEqual(await on.rows("SELECT 'a; b' AS text -- nothing; more"), [{ text: "a; b" }]);
  const error = await rejection(on.client.command({ query: "SELECT 1; DROP DATABASE default" }));
  assert.match(error.message, /Multi-statements are not allowed/);
});

Deno.test("the database of the client is the one that unqualified names are looked up in", async () => {
  await on.client.command({ query: "CREATE DATABASE `shop-1`" });
  const shop = createClient({ url: on.url, database: "shop-1", ...QUIET });
  await shop.command({ query: "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a" });
  await shop.insert({ table: "t", values: [{ a: 1 }], format: "JSONEachRow" });
  assert.deepEqual(await on.rows("SELECT a FROM `shop-1`.t"), [{ a: 1 }]);
  await shop.close();
});

Deno.test("a session keeps temporary tables and its own SET, and gives a request's settings back", async () => {
  const session_id = crypto.randomUUID();
  await on.client.command({ query: "CREATE TEMPORARY TABLE mine (a UInt8)", session_id });
  await on.client.insert(
    { table: "mine", values: [{ a: 5 }], format: "JSONEachRow", session_id: session_id } as never,
  );
  await on.client.command({ query: "SET max_block_size = 1234", session_id });
  const query = "SELECT a, getSetting('max_block_size') AS size FROM mine";
  const options = { session_id, clickhouse_settings: { max_block_size: "99" } };
  assert.deepEqual(await on.rows(query, options), [{ a: 5, size: 99 }]);
  assert.deepEqual(await on.rows(query, { session_id }), [{ a: 5, size: 1_234 }]);
  assert.equal((await rejection(on.rows(query))).type, "UNKNOWN_TABLE");
});

Deno.test("a GET changes nothing", async () => {
  const query = encodeURIComponent("CREATE DATABASE by_get");
  const response = await fetch(`${on.url}/?query=${query}`);
  assert.match(await response.text(), /Code: 164\..*\(READONLY\)/s);
  assert.equal(response.status, 500);
});

Deno.test("an unknown path is not found, and the health paths answer", async () => {
  const statusOf = async (path: string) => {
    const response = await fetch(`${on.url}${path}`);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await statusOf("/nowhere"), 404);
  assert.equal(await statusOf("/ping"), 200);
  assert.equal(await statusOf("/replicas_status"), 200);
});
