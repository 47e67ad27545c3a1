import assert from "node:assert/strict";
import { ColdSink, type ColdStore, eraseUser, refreshRollups } from "@countinghouse/cold";
import { type Lake, openLake } from "@countinghouse/lake";
import { MemoryLog } from "@countinghouse/log";
import { restoreRows } from "./restore_rows.ts";
import type { Scope } from "./scope.ts";
import {
  assertRows,
  fillLake,
  fillWarehouse,
  type Source,
  warehouseRows,
  withWarehouse,
} from "./testing/archives.ts";
import { PARTITIONS, shopRecords, START_MS } from "./testing/live_shop.ts";

const MINUTE_MS = 60_000;
const SECONDS = 1_200;
/** Of the shop's twenty minutes, some in the middle. */
const SCOPE: Scope = { fromMs: START_MS + 5 * MINUTE_MS, toMs: START_MS + 15 * MINUTE_MS };
const never = new AbortController().signal;

interface Archives {
  readonly source: Source;
  readonly lake: Lake;
  readonly store: ColdStore;
  restore(scope?: Scope, dryRun?: boolean): ReturnType<typeof restoreRows>;
}

/** Runs a test with a log, the lake and the warehouse that were made from it, and their rollups. */
async function withArchives(test: (archives: Archives) => Promise<void>): Promise<void> {
  let nowMs = START_MS;
  const source = { log: new MemoryLog({ partitions: PARTITIONS, nowMs: () => nowMs }), topic: "events" };
  for (const { atMs, ...record } of shopRecords({ seconds: SECONDS })) {
    nowMs = Math.max(nowMs, atMs);
    await source.log.append(source.topic, [record]);
  }
  const folder = await Deno.makeTempDir();
  try {
    await withWarehouse(async (store) => {
      const lake = openLake(folder);
      await fillLake(source, lake);
      await fillWarehouse(source, store);
      await refreshRollups(store, { settledMs: Date.now() });
      const options = { lake, store, nowMs: Date.now, onProgress: () => {} };
      const restore = (scope?: Scope, dryRun = false) => restoreRows({ ...options, scope, dryRun }, never);
      await test({ source, lake, store, restore });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function remove({ client }: ColdStore, from: "events" | "rollups", condition: string): Promise<void> {
  const query = `ALTER TABLE ${from} DELETE WHERE ${condition}`;
  await client.command({ query, clickhouse_settings: { mutations_sync: "2" } });
}

Deno.test("a whole warehouse is all right, and restoring it changes nothing", () =>
  withArchives(async ({ store, restore }) => {
    const before = await warehouseRows(store);
    const tally = await restore();
    assert.ok(tally.looked > 1_000);
    assert.deepEqual(tally, { looked: tally.looked, missing: 0, inserted: 0, erased: 0, ahead: 0 });
    await assertRows(store, before);
  }));

Deno.test("of one store, only rows of that store are looked at and restored", () =>
  withArchives(async ({ store, restore }) => {
    await remove(store, "events", "offset BETWEEN 400 AND 420");
    const all = await restore(SCOPE, true);
    const tally = await restore({ ...SCOPE, store: "nord" });
    assert.ok(tally.inserted > 0 && tally.inserted < all.missing && tally.looked < all.looked);
    assert.equal((await restore(SCOPE, true)).missing, all.missing - tally.inserted);
  }));

Deno.test("rollups made without the rows that are restored are made again, although they look up to date", () =>
  withArchives(async ({ store, restore }) => {
    const before = await warehouseRows(store);
    await remove(store, "events", "offset BETWEEN 300 AND 500 AND offset % 2 = 0");
    await remove(store, "rollups", "1");
    await refreshRollups(store, { settledMs: Date.now() });
    assert.notDeepEqual(await warehouseRows(store), before);
    const { missing, inserted } = await restore();
    assert.ok(missing > 100 && inserted === missing);
    await assertRows(store, before);
  }));

Deno.test("what was erased does not come back, and what the user did later does", () =>
  withArchives(async ({ source, lake, store, restore }) => {
    const answer = await store.client.query({
      query: `SELECT user_id AS user, toUInt32(count()) AS rows FROM events FINAL WHERE store_id = 'nord'
        GROUP BY user ORDER BY rows DESC, user LIMIT 1`,
      format: "JSONEachRow",
    });
    const { user, rows } = (await answer.json<{ user: string; rows: number }>())[0]!;
    assert.equal((await eraseUser(store, "nord", user)).rows, rows);
    const erased = await warehouseRows(store);
    assert.deepEqual((({ missing, erased }) => ({ missing, erased }))(await restore()), {
      missing: 0,
      erased: rows,
    });
    await assertRows(store, erased);

    const later = { event_id: "later", event_type: "page_view", user_id: user, session_id: "s" };
    const value = { ...later, store_id: "nord", event_ts: new Date(START_MS).toISOString() };
    const laterLog = new MemoryLog({ partitions: PARTITIONS, nowMs: () => Date.now() + 60_000 });
    const { end } = (await source.log.ranges(source.topic))[0]!;
    const record = { key: null, value: new TextEncoder().encode(JSON.stringify(value)), partition: 0 };
    await laterLog.append(source.topic, Array.from({ length: end + 1 }, () => record));
    const both = { log: laterLog, topic: source.topic };
    await fillLake(both, lake);
    assert.deepEqual((({ missing, inserted }) => ({ missing, inserted }))(await restore()), {
      missing: 1,
      inserted: 1,
    });
  }));

Deno.test("behind the warehouse's last row nothing is inserted before all up to there is", () =>
  withArchives(async ({ store, restore }) => {
    const before = await warehouseRows(store);
    await remove(store, "events", "offset >= 200");
    await remove(store, "rollups", "1");
    const last = { fromMs: START_MS + 15 * MINUTE_MS, toMs: START_MS + 20 * MINUTE_MS };
    const { ahead, inserted } = await restore(last);
    assert.ok(ahead > 200 && inserted === 0);
    const positions = () =>
      Promise.all(
        Array.from({ length: PARTITIONS }, (_, partition) => new ColdSink(store).position(partition)),
      );
    assert.ok((await positions()).every((position) => position <= 200));
    assert.ok((await restore(undefined, true)).missing > ahead);
    const { missing, inserted: restored } = await restore();
    assert.ok(missing === restored && missing > ahead);
    await assertRows(store, before);
  }));

Deno.test("an empty warehouse is filled from the lake alone", () =>
  withArchives(async ({ store, restore }) => {
    const before = await warehouseRows(store);
    for (const table of ["events", "rollups"]) {
      await store.client.command({ query: `TRUNCATE TABLE ${table}` });
    }
    const { looked, inserted } = await restore();
    assert.equal(inserted, looked);
    await assertRows(store, before);
  }));
