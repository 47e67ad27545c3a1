import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { createClient } from "@clickhouse/client";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { compactLake } from "./compaction.ts";
import { openLake } from "./lake.ts";
import { append, record, records, T0 } from "./lake_fixture.ts";
import { askDuckDb } from "./testing/duckdb.ts";

const ORDER = record(12, {
  event_type: "purchase",
  store_id: "café / 1",
  order_id: "o1",
  currency: "KWD",
  items: [{ product_id: "p1", price: "1.2345", quantity: 2 }, { product_id: "p2", price: 1, quantity: 1 }],
  geo: { country: "KW", lat: 29.4 },
  device: { mobile: false },
  experiment: { arm: "b" },
});

/** A lake with two partitions, several stores and hours, compacted where it is quiet, and an order in it. */
async function withLake(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const lake = openLake(folder);
    await append(lake, 0, records(0, 6));
    await append(lake, 0, records(0, 12));
    await append(lake, 1, records(0, 12));
    await compactLake(lake, { nowMs: () => Date.now() + 1, quietMs: 0, maxRows: 1_000 });
    await append(lake, 0, [ORDER]);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("DuckDB reads the lake by its folders: each row once, typed, its money exact", () =>
  withLake(async (folder) => {
    const files = `read_parquet('${folder}/store_id=*/dt=*/hour=*/*.parquet', hive_partitioning = true)`;
    assert.deepEqual(
      await askDuckDb(`SELECT store_id, dt::VARCHAR AS dt, hour::INT AS hour, count(*) AS rows,
          count(DISTINCT (partition, "offset")) AS records
        FROM ${files} WHERE store_id IN ('north', 'south') GROUP BY ALL ORDER BY ALL`),
      ["north", "south"].flatMap((store_id) =>
        [12, 13].map((hour) => ({ store_id, dt: "2026-03-01", hour, rows: 6, records: 6 }))
      ),
    );
    assert.deepEqual(
      await askDuckDb(
        `SELECT epoch_ms(event_time) AS event_time, typeof(event_time) AS type, order_id, currency,
          amount, len(items) AS items, items[1].product_id AS product, items[1].amount AS item_amount, country, lat,
          mobile, coupon, unknown_fields
        FROM ${files} WHERE event_type = 'purchase'`,
      ),
      [{
        event_time: T0 + 12 * 600_000,
        type: "TIMESTAMP WITH TIME ZONE",
        order_id: "o1",
        currency: "KWD",
        amount: 3_469,
        items: 2,
        product: "p1",
        item_amount: 2_469,
        country: "KW",
        lat: 29.4,
        mobile: false,
        coupon: null,
        unknown_fields: '{"experiment":{"arm":"b"}}',
      }],
    );
    const [format] = await askDuckDb(`SELECT min(compression) AS least, max(compression) AS most,
        count(*) FILTER (path_in_schema = 'event_time' AND stats_min_value IS NULL) AS without_statistics
      FROM parquet_metadata('${folder}/store_id=*/dt=*/hour=*/*.parquet')`);
    assert.deepEqual(format, { least: "ZSTD", most: "ZSTD", without_statistics: 0 });
  }));

Deno.test("ClickHouse reads the lake's files: the same rows, its own types", () =>
  withLake(async (folder) => {
    const client = createClient({ url: loadEndpoints(loadSettings()).clickhouseUrl });
    const table = `lake_${crypto.randomUUID().slice(0, 8)}`;
    try {
      await client.command({
        query: `CREATE TABLE ${table} (partition UInt16, offset UInt64, event_time DateTime64(3, 'UTC'),
          store_id String, event_type LowCardinality(String), currency String, amount Nullable(Int64),
          items Array(Tuple(product_id String, amount Nullable(Int64), quantity Float64)), mobile Nullable(Bool))
          ENGINE = MergeTree ORDER BY (partition, offset)`,
      });
      // As bytes over HTTP, so that it works with a server on another machine too.
      for await (const file of openLake(folder).store.list("")) {
        if (!file.key.endsWith(".parquet")) continue;
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} FORMAT Parquet`,
          values: await streamOf(`${folder}/${file.key}`),
        });
        stream.resume();
        await new Promise((resolve) => stream.on("end", resolve));
      }
      const ask = async (query: string) =>
        await (await client.query({ query, format: "JSONEachRow" })).json();
      assert.deepEqual(
        await ask(`SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(partition, offset)) AS records,
          toString(max(event_time)) AS latest FROM ${table}`),
        [{ rows: 25, records: 25, latest: "2026-03-01 14:00:00.000" }],
      );
      assert.deepEqual(
        await ask(`SELECT store_id, currency, toInt32(amount) AS amount, items.product_id AS products, mobile
          FROM ${table} WHERE event_type = 'purchase'`),
        [{ store_id: "café / 1", currency: "KWD", amount: 3_469, products: ["p1", "p2"], mobile: false }],
      );
    } finally {
      await client.command({ query: `DROP TABLE IF EXISTS ${table}` });
      await client.close();
    }
  }));

async function streamOf(path: string): Promise<Readable> {
  return Readable.from([await Deno.readFile(path)], { objectMode: false });
}
