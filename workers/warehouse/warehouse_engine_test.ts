import assert from "node:assert/strict";
import { type ColdStore, countUniqueEvents, readColdBooks } from "@countinghouse/cold";
import type { NewRecord } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { openGate } from "./gate_fixture.ts";
import { stop, withShop } from "./shop_fixture.ts";

const DEADLINE_MS = 60_000;

/** Events `from` to `to`, of which every tenth is sent twice and every hundredth can't be read. */
function eventRecords(from: number, to: number): NewRecord[] {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return Array.from({ length: to - from }, (_, at) => from + at).flatMap((n) => {
    const key = new TextEncoder().encode(`u${n % 97}`);
    const value = encode({
      event_id: `e${n}`,
      event_type: n % 5 === 0 ? "purchase" : "page_view",
      event_ts: new Date(Date.parse("2026-03-01T12:00:00Z") + n).toISOString(),
      user_id: `u${n % 97}`,
      session_id: `s${n % 197}`,
      ...(n % 5 === 0 ? { order_id: `o${n}`, value: n / 100, currency: "EUR" } : {}),
    });
    const records: NewRecord[] = [{ key, value }];
    if (n % 10 === 0) records.push({ key, value });
    if (n % 100 === 0) records.push({ key, value: encode({ event_id: `broken${n}` }) });
    return records;
  });
}

/** How many rows `count` events of {@link eventRecords} make: the refused have none. */
const rowsOf = (count: number) => count + count / 10;

async function held(store: ColdStore): Promise<number> {
  const books = await readColdBooks(store).catch(() => []);
  return books.reduce((sum, partition) => sum + partition.held, 0);
}

async function until(condition: () => Promise<boolean>, what: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot wait any longer: ${await what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function untilHeld(store: ColdStore, rows: number): Promise<void> {
  await until(
    async () => await held(store) >= rows,
    async () => `${await held(store)} of ${rows} rows are there`,
  );
}

/** What the table says about its events, whatever way it was filled. */
async function recount(store: ColdStore) {
  const result = await store.client.query({
    query: `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids,
        toUInt32(uniqExact(partition, offset)) AS records,
        toUInt32(sumIf(amount, event_type = 'purchase')) AS cents
      FROM (SELECT * FROM events FINAL)`,
    format: "JSONEachRow",
  });
  const [counts] = await result.json<{ rows: number; ids: number; records: number; cents: number }>();
  const unique = await store.client.query({
    query: "SELECT toUInt32(count()) AS n, toUInt32(sum(amount)) AS cents FROM events_unique",
    format: "JSONEachRow",
  });
  const [once] = await unique.json<{ n: number; cents: number }>();
  return { ...counts, once };
}

/** What {@link recount} has to say of `count` events. */
function expectation(count: number) {
  const cents = (step: number) =>
    Array.from({ length: count / step }, (_, at) => at * step).reduce((a, b) => a + b, 0);
  return {
    rows: rowsOf(count),
    ids: count,
    records: rowsOf(count),
    cents: cents(5) + cents(10),
    once: { n: count, cents: cents(5) },
  };
}

Deno.test("every event becomes a row, duplicates too, and the refused none; SIGTERM ends the worker", () =>
  withShop(async ({ log, topic, store, startWorker }) => {
    await log.append(topic, eventRecords(0, 5_000));
    const worker = startWorker();
    await untilHeld(store, rowsOf(5_000));
    await log.append(topic, eventRecords(5_000, 10_000));
    await untilHeld(store, rowsOf(10_000));
    assert.deepEqual(await recount(store), expectation(10_000));
    assert.equal((await stop(worker, "SIGTERM")).code, 0);
  }));

Deno.test("nothing is lost or there twice when the worker is killed and started again in the middle", () =>
  withShop(async ({ log, topic, store, startWorker }) => {
    const count = 60_000;
    const step = 2_000;
    const appending = (async () => {
      for (let from = 0; from < count; from += step) await log.append(topic, eventRecords(from, from + step));
    })();
    for (const share of [0.1, 0.3, 0.6]) {
      const worker = startWorker();
      await untilHeld(store, rowsOf(count * share));
      await stop(worker, "SIGKILL");
    }
    startWorker();
    await appending;
    await untilHeld(store, rowsOf(count));
    assert.deepEqual(await recount(store), expectation(count));
  }));

Deno.test("workers share the partitions, and one takes over when the other is killed", () =>
  withShop(async ({ log, topic, store, startWorker }) => {
    startWorker();
    const other = startWorker();
    for (let from = 0; from < 20_000; from += 1_000) {
      await log.append(topic, eventRecords(from, from + 1_000));
      if (from === 10_000) await stop(other, "SIGKILL");
    }
    await untilHeld(store, rowsOf(20_000));
    assert.deepEqual(await recount(store), expectation(20_000));
  }));

Deno.test("while ClickHouse is away the worker waits, and catches up by itself", () =>
  withShop(async ({ log, topic, store, startWorker }) => {
    const { clickhouseUrl } = loadEndpoints(loadSettings());
    const gate = await openGate(new URL(clickhouseUrl));
    const worker = startWorker(gate.url);
    await log.append(topic, eventRecords(0, 1_000));
    await untilHeld(store, rowsOf(1_000));
    gate.shut();
    await log.append(topic, eventRecords(1_000, 21_000));
    await until(
      () => Promise.resolve(gate.refused() >= 5),
      () => Promise.resolve(`${gate.refused()} attempts`),
    );
    assert.equal(await held(store), rowsOf(1_000));
    gate.reopen();
    await untilHeld(store, rowsOf(21_000));
    assert.deepEqual(await recount(store), expectation(21_000));
    assert.equal((await stop(worker, "SIGTERM")).code, 0);
    await gate.close();
  }));

Deno.test("the worker rolls minutes, hours and days up by itself", () =>
  withShop(async ({ log, topic, store, startWorker }) => {
    startWorker();
    await log.append(topic, eventRecords(0, 5_000));
    await untilHeld(store, rowsOf(5_000));
    const rolledUp = async () => {
      const result = await store.client.query({
        query: `SELECT step, toUInt32(sum(events)) AS events FROM rollups FINAL GROUP BY step ORDER BY step`,
        format: "JSONEachRow",
      });
      return (await result.json<{ step: string; events: number }>()).map(({ step, events }) =>
        `${step} ${events}`
      );
    };
    const wanted = ["minute 5000", "hour 5000", "day 5000"];
    await until(
      async () => (await rolledUp()).join() === wanted.join(),
      async () => `${await rolledUp()} are rolled up`,
    );
    assert.equal(await countUniqueEvents(store), 5_000);
  }));
