import assert from "node:assert/strict";
import { createClient } from "@clickhouse/client";
import { type Lake, lakeBooks, readLakeRows } from "@countinghouse/lake";
import { askDuckDb } from "@countinghouse/lake/testing/duckdb";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { eventRecords, rowsOf, type Shop, stop, withShop } from "./shop_fixture.ts";

const DEADLINE_MS = 60_000;

async function until(condition: () => Promise<boolean>, what: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot wait any longer: ${await what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function held(lake: Lake): Promise<number> {
  return (await lakeBooks(lake)).reduce((sum, books) => sum + books.held, 0);
}

/** Ends a worker cleanly; what others that were killed have left is made good. */
async function end({ openLake }: Shop, worker: Deno.ChildProcess): Promise<void> {
  assert.equal((await stop(worker, "SIGTERM")).code, 0);
  await openLake().settle();
}

async function untilHeld({ openLake }: Shop, rows: number): Promise<void> {
  const lake = openLake();
  await until(
    async () => await held(lake) >= rows,
    async () => `${await held(lake)} of ${rows} rows are there`,
  );
}

/** What the lake's own reader, DuckDB and ClickHouse each say about its events. */
async function recounts({ folder, openLake }: Shop) {
  const rows = (await Array.fromAsync(
    readLakeRows(openLake(), { fromMs: 0, toMs: Infinity }, ["partition", "offset", "event_id", "amount"]),
  )).flat();
  const own = {
    rows: rows.length,
    ids: new Set(rows.map((row) => row.event_id)).size,
    records: new Set(rows.map(({ partition, offset }) => `${partition}/${offset}`)).size,
    cents: rows.reduce((sum, row) => sum + (row.amount ?? 0), 0),
  };
  const files = `${folder}/store_id=*/dt=*/hour=*/*.parquet`;
  const [duckDb] = await askDuckDb(`SELECT count(*) AS rows, count(DISTINCT event_id) AS ids,
      count(DISTINCT (partition, "offset")) AS records, sum(amount)::BIGINT AS cents FROM '${files}'`);
  const client = createClient({ url: loadEndpoints(loadSettings()).clickhouseUrl });
  try {
    const answer = await client.query({
      query: `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids,
          toUInt32(uniqExact(partition, offset)) AS records, toUInt32(sum(amount)) AS cents
        FROM file('${files}', Parquet)`,
      format: "JSONEachRow",
    });
    const [clickHouse] = await answer.json();
    return { own, duckDb, clickHouse };
  } finally {
    await client.close();
  }
}

/** What all {@link recounts} have to say of `count` events. */
function expectation(count: number) {
  const cents = (step: number) =>
    Array.from({ length: count / step }, (_, at) => at * step).reduce((a, b) => a + b, 0);
  const each = { rows: rowsOf(count), ids: count, records: rowsOf(count), cents: cents(5) + cents(10) };
  return { own: each, duckDb: each, clickHouse: each };
}

Deno.test("every event comes into the lake, without new data after it too, and into one file an hour; SIGTERM ends the worker", () =>
  withShop(async (shop) => {
    const { log, topic, startWorker, openLake } = shop;
    await log.append(topic, eventRecords(0, 10_000));
    const worker = startWorker("lake");
    await untilHeld(shop, rowsOf(10_000));
    await log.append(topic, eventRecords(10_000, 20_000));
    await untilHeld(shop, rowsOf(20_000));
    const lake = openLake();
    await until(
      async () => (await lake.refresh()).files().length === 3,
      async () => `${(await lake.refresh()).files().length} files`,
    );
    await end(shop, worker);
    assert.deepEqual(await recounts(shop), expectation(20_000));
  }));

Deno.test("nothing is lost or there twice when the worker is killed and started again in the middle", () =>
  withShop(async (shop) => {
    const { log, topic, startWorker } = shop;
    const count = 60_000;
    const step = 2_000;
    const appendTo = async (from: number, to: number) => {
      for (; from < to; from += step) await log.append(topic, eventRecords(from, from + step));
    };
    const appending = appendTo(0, 0.8 * count);
    for (const share of [0.1, 0.3, 0.6]) {
      const worker = startWorker("lake");
      await untilHeld(shop, rowsOf(count * share));
      await stop(worker, "SIGKILL");
    }
    const last = startWorker("lake");
    await appending;
    await appendTo(0.8 * count, count);
    await untilHeld(shop, rowsOf(count));
    await end(shop, last);
    assert.deepEqual(await recounts(shop), expectation(count));
  }));

Deno.test("two workers share the partitions, and what one leaves behind the other one takes over", () =>
  withShop(async (shop) => {
    const { log, topic, startWorker } = shop;
    const first = startWorker("lake-1");
    const second = startWorker("lake-2");
    for (let from = 0; from < 10_000; from += 1_000) {
      await log.append(topic, eventRecords(from, from + 1_000));
    }
    await untilHeld(shop, rowsOf(10_000));
    await stop(first, "SIGKILL");
    await log.append(topic, eventRecords(10_000, 20_000));
    await untilHeld(shop, rowsOf(20_000));
    await end(shop, second);
    assert.deepEqual(await recounts(shop), expectation(20_000));
  }));
