import assert from "node:assert/strict";
import { ClickHouseError, createClient } from "@clickhouse/client";
import { QUIET, rejection, ServerOfTests } from "./client_fixture.ts";

const on = new ServerOfTests();

for (
  const [name, query, code, type, status] of [
    ["an unknown table", "SELECT * FROM no_such_table", "60", "UNKNOWN_TABLE", 404],
    ["an unknown column", "SELECT no_such_column", "47", "UNKNOWN_IDENTIFIER", 404],
    ["wrong syntax", "selec 1", "62", "SYNTAX_ERROR", 400],
    ["a missing parameter", "SELECT {p:String}", "456", "UNKNOWN_QUERY_PARAMETER", 500],
    [
      "a table that exists",
      "CREATE TABLE system.one (a Int8) ENGINE = Memory",
      "57",
      "TABLE_ALREADY_EXISTS",
      500,
    ],
    [
      "a query that takes too long",
      "SELECT count() FROM numbers(1e13) WHERE sipHash64(number) = 1",
      "159",
      "TIMEOUT_EXCEEDED",
      408,
    ],
  ] as const
) {
  Deno.test(`${name} is told as ${type} with HTTP ${status}`, async () => {
    const error = await rejection(
      on.client.query({ query, format: "JSONEachRow", clickhouse_settings: { max_execution_time: 1 } }),
    );
    assert.equal(error.code, code);
    assert.equal(error.type, type);
    const response = await fetch(`${on.url}/?max_execution_time=1`, { method: "POST", body: query });
    assert.equal(response.status, status);
    assert.equal(response.headers.get("x-clickhouse-exception-code"), code);
    assert.match(
      await response.text(),
      new RegExp(`^Code: ${code}\\. DB::Exception: .*\\(${type}\\) \\(version `, "s"),
    );
  });
}

Deno.test("an unknown setting, database and user are refused with their codes", async () => {
  assert.equal(
    (await rejection(on.rows("SELECT 1", { clickhouse_settings: { no_such_setting: 1 } as never }))).type,
    "UNKNOWN_SETTING",
  );
  const elsewhere = createClient({ url: on.url, database: "nowhere", ...QUIET });
  assert.equal((await rejection(elsewhere.command({ query: "SELECT 1" }))).type, "UNKNOWN_DATABASE");
  const stranger = createClient({
    url: on.url,
    username: "eve",
    password: "x",
    ...QUIET,
  });
  assert.equal((await rejection(stranger.command({ query: "SELECT 1" }))).type, "AUTHENTICATION_FAILED");
  await elsewhere.close();
  await stranger.close();
});

for (const compression of [false, true]) {
  Deno.test(`an exception in mid-stream reaches the reader, compressed: ${compression}`, async () => {
    const own = createClient({
      url: on.url,
      compression: { response: compression },
      ...QUIET,
    });
    const query = "SELECT throwIf(number = 2000000, 'struck') AS x FROM numbers(3000000)";
    const read = async () => {
      let seen = 0;
      const result = await own.query({
        query,
        format: "JSONEachRow",
        clickhouse_settings: { max_block_size: "10000" },
      });
      try {
        for await (const chunk of result.stream()) seen += chunk.length;
      } finally {
        assert.ok(seen > 0, "rows came before the exception");
      }
    };
    const error = await rejection(read());
    assert.equal(error.type, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO");
    assert.match(error.message, /struck/);
    const text = await own.query({ query, format: "CSV", clickhouse_settings: { max_block_size: "10000" } });
    await assert.rejects(text.text(), "a reader of text does not take half a result for a whole one");
    const whole = await own.query({
      query,
      format: "JSONEachRow",
      clickhouse_settings: { wait_end_of_query: 1 },
    }).catch((reason) => reason);
    assert.ok(whole instanceof ClickHouseError, "with wait_end_of_query the query itself is rejected");
    await own.close();
  });
}
