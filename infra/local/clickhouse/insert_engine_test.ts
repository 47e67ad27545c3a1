import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { rejection, ServerOfTests } from "./client_fixture.ts";

const on = new ServerOfTests(["--body-mib", "8"]);

Deno.test("rows are inserted from objects, with defaults for what is left out", async () => {
  const table = await on.createTable("id UInt64, name String DEFAULT 'nobody', at DateTime64(3, 'UTC')");
  const { summary, executed } = await on.client.insert({
    table,
    values: [{ id: 1, at: "2026-02-28 23:59:59.123" }, { id: 2, name: "Zoë 'q' \\", at: 1_000 }],
    format: "JSONEachRow",
  });
  assert.ok(executed);
  assert.equal(summary?.written_rows, "2");
  assert.deepEqual(await on.rows(`SELECT * FROM ${table} ORDER BY id`), [
    { id: 1, name: "nobody", at: "2026-02-28 23:59:59.123" },
    { id: 2, name: "Zoë 'q' \\", at: "1970-01-01 00:00:01.000" },
  ]);
});

Deno.test("rows are inserted from streams of objects, lines and CSV, into chosen columns", async () => {
  const table = await on.createTable("id UInt64, name String, extra UInt8 DEFAULT 7");
  await on.client.insert({
    table: `\`${table}\``,
    values: Readable.from(Array.from({ length: 10_000 }, (_, id) => ({ id, name: `n${id}` }))),
    format: "JSONEachRow",
    columns: ["id", "name"],
  });
  await on.client.insert({
    table,
    values: Readable.from(['10000,"a ""quoted"" one"\n', '10001,"two\nlines"\n'], { objectMode: false }),
    format: "CSV",
    columns: { except: ["extra"] },
  });
  await on.client.insert({
    table,
    values: [[10_002, "c"]],
    format: "JSONCompactEachRow",
    columns: ["id", "name"],
  });
  const [row] = await on.rows(
    `SELECT count() AS n, sum(extra) AS extra, maxIf(name, id = 10001) AS csv FROM ${table}`,
  );
  assert.deepEqual(row, { n: 10_003, extra: 7 * 10_003, csv: "two\nlines" });
});

for (const format of ["Parquet", "Native", "RowBinary", "ArrowStream"] as const) {
  Deno.test(`${format} goes out and comes in unharmed`, async () => {
    const table = await on.createTable("id UInt64, name Nullable(String), tags Array(String)");
    const out = await on.client.exec({
      query:
        `SELECT number AS id, if(number % 3 = 0, NULL, concat('n\\0', number)) AS name, ['a', ifNull(name, '')] AS tags
        FROM numbers(50000) FORMAT ${format}`,
      clickhouse_settings: { max_block_size: "70000" },
    });
    const bytes: Uint8Array[] = [];
    for await (const chunk of out.stream) bytes.push(chunk);
    const inserted = await on.client.exec({
      query: `INSERT INTO ${table} FORMAT ${format}`,
      values: Readable.from(bytes, { objectMode: false }),
    });
    await text(inserted.stream);
    const [row] = await on.rows(`SELECT count() AS n, uniqExact(id) AS ids, countIf(name IS NULL) AS nulls,
      any(length(tags)) AS tags FROM ${table}`);
    assert.deepEqual(row, { n: 50_000, ids: 50_000, nulls: 16_667, tags: 2 });
  });
}

Deno.test("rows are inserted from VALUES, with parameters in them", async () => {
  const table = await on.createTable("id UInt64, name String");
  await on.client.command({
    query: `INSERT INTO ${table} VALUES ({id:UInt64}, 'a;b'), (2, upper('c'))`,
    query_params: { id: 1 },
  });
  assert.deepEqual(await on.rows(`SELECT * FROM ${table} ORDER BY id`), [
    { id: 1, name: "a;b" },
    { id: 2, name: "C" },
  ]);
});

Deno.test("an insert is one block: all of it or none, and once per token", async () => {
  const table = await on.createTable("id UInt64");
  const insert = (values: { id: number | string }[], token: string) =>
    on.client.insert({
      table,
      values,
      format: "JSONEachRow",
      clickhouse_settings: { insert_deduplication_token: token, insert_deduplicate: 1 },
    });
  const many = Array.from({ length: 100_000 }, (_, id) => ({ id }));
  const broken = await rejection(insert([...many, { id: "no number" }], "broken"));
  assert.match(broken.message, /at row 100001/);
  assert.deepEqual(await on.rows(`SELECT count() AS n FROM ${table}`), [{ n: 0 }]);
  assert.doesNotMatch(broken.message, /uploads/);
  await insert(many, "once");
  await insert(many.slice(1), "once");
  await insert([{ id: 1 }], "twice");
  assert.deepEqual(await on.rows(`SELECT count() AS n FROM ${table}`), [{ n: 100_001 }]);
  const parts = await on.rows<{ rows: number }>(`SELECT toUInt32(rows) AS rows FROM system.parts
    WHERE table = '${table}' AND level = 0 ORDER BY rows`);
  assert.deepEqual(parts, [{ rows: 1 }, { rows: 100_000 }]);
});

Deno.test("a body over the limit is refused with 413 and leaves nothing behind", async () => {
  const table = await on.createTable("name String");
  const error = await rejection(
    on.client.insert({
      table,
      values: Readable.from(Array.from({ length: 10 }, () => ({ name: "x".repeat(1_000_000) }))),
      format: "JSONEachRow",
    }),
  );
  assert.equal(error.type, "QUERY_IS_TOO_LARGE");
  const response = await fetch(
    `${on.url}/?query=${encodeURIComponent(`INSERT INTO ${table} FORMAT TSV`)}`,
    {
      method: "POST",
      body: new Uint8Array(9_000_000),
    },
  );
  assert.equal(response.status, 413);
  await response.body?.cancel();
  assert.deepEqual(await on.rows(`SELECT count() AS n FROM ${table}`), [{ n: 0 }]);
  assert.deepEqual([...Deno.readDirSync(`${on.server.data}/uploads`)], []);
});
