import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { type ColdStore, exportEvents } from "./mod.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";

const T0 = Date.parse("2026-03-01T12:00:00.000Z");
const DEADLINE_MS = 20_000;
const EVERYTHING = {
  range: { storeId: "default", fromMs: 0, toMs: 2 * T0 },
  heads: new Map([[0, Number.MAX_SAFE_INTEGER]]),
};

/** A table of `rows` events, each of which takes 10 ms to be read. */
async function fillSlowly(store: ColdStore, rows: number): Promise<void> {
  await store.client.command({
    query: `INSERT INTO events (partition, offset, append_time, event_id, event_type, event_time, store_id)
      SELECT 0, number, fromUnixTimestamp64Milli(${T0}), toString(number), 'page_view',
        fromUnixTimestamp64Milli(${T0}), 'default' FROM numbers(${rows})`,
  });
  await store.client.command({ query: "RENAME TABLE events TO stored" });
  await store.client.command({
    query: "CREATE VIEW events AS SELECT *, event_key, order_key FROM stored WHERE sleepEachRow(0.01) = 0",
  });
}

/** Finds an export's query, and no question for it. */
const IS_EXPORT = "query LIKE '%AS amount_minor%' AND query NOT LIKE '%AND query NOT LIKE%'";

async function running(store: ColdStore): Promise<number> {
  return (await rowsOf(store, `SELECT 1 FROM system.processes WHERE ${IS_EXPORT}`)).length;
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot see ${what} within ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How reading a whole export went. */
async function readAll(store: ColdStore, signal: AbortSignal): Promise<"complete" | "failed"> {
  try {
    for await (const slice of exportEvents(store, EVERYTHING, "CSV", signal)) await text(slice);
    return "complete";
  } catch {
    return "failed";
  }
}

Deno.test("an export that is given up ends its query in the warehouse", () =>
  withColdStore(async (store) => {
    await fillSlowly(store, 100);
    const stop = new AbortController();
    const outcome = readAll(store, stop.signal);
    await until(async () => await running(store) === 1, "the query running");
    stop.abort();
    assert.equal(await outcome, "failed");
    await until(async () => await running(store) === 0, "the query ended");
  }));

Deno.test("an export whose query is killed fails", () =>
  withColdStore(async (store) => {
    await fillSlowly(store, 100);
    const outcome = readAll(store, new AbortController().signal);
    await until(async () => await running(store) === 1, "the query running");
    await store.client.command({ query: `KILL QUERY WHERE ${IS_EXPORT}` });
    assert.equal(await outcome, "failed");
  }));
