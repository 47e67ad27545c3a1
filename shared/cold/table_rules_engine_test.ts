import assert from "node:assert/strict";
import type { LogRecord } from "@countinghouse/core";
import { ColdSink } from "./cold_sink.ts";
import type { ColdStore } from "./cold_store.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { batchOf, record, T0 } from "./log_records_fixture.ts";
import { prepareColdStore } from "./prepare_cold_store.ts";
import { RowFold } from "./row_fold.ts";

async function write(store: ColdStore, records: readonly LogRecord[]): Promise<void> {
  const batch = batchOf(records, 0);
  const fold = new RowFold(0, batch.from);
  fold.apply(batch);
  const { through } = fold;
  await new ColdSink(store).write({
    partition: 0,
    through,
    end: batch.end,
    caughtUpMs: undefined,
    change: fold.take(),
  });
}

const mutationsOf = (store: ColdStore) =>
  rowsOf<{ command: string }>(
    store,
    `SELECT command FROM system.mutations WHERE database = '${store.database}' AND command NOT LIKE '%MATERIALIZE I%'
      AND command NOT LIKE '%MATERIALIZE P%'`,
  );

Deno.test("a changed skew is for the events to come; those that are stored count where they did", () =>
  withColdStore(async (store) => {
    const ahead = (at: number) => record(at, { event_ts: new Date(T0 + 120_000).toISOString() });
    await prepareColdStore(store, { maxSkewMs: 60_000, allowedLatenessMs: 0 });
    await write(store, [ahead(0)]);
    await prepareColdStore(store, { maxSkewMs: 300_000, allowedLatenessMs: 60_000 });
    await write(store, [ahead(1)]);
    const found = await rowsOf<{ counted: number; closes: number }>(
      store,
      `SELECT toInt32(toUnixTimestamp64Milli(counted_time) - ${T0}) AS counted,
        toInt32(toUnixTimestamp(closes_before) - ${T0 / 1_000}) AS closes FROM events ORDER BY offset`,
    );
    assert.deepEqual(found, [{ counted: 0, closes: 0 }, { counted: 120_000, closes: 60 }]);
  }));

Deno.test("a retention is set, changed and taken away, and set again changes nothing", () =>
  withColdStore(async (store) => {
    const ttl = async () =>
      (await rowsOf<{ ttl: string }>(
        store,
        `SELECT extract(engine_full, 'toIntervalSecond\\\\((\\\\d+)\\\\)') AS ttl FROM system.tables
          WHERE database = '${store.database}' AND name IN ('events', 'rollups') ORDER BY name`,
      )).map(({ ttl }) => ttl);
    await prepareColdStore(store, { retentionMs: null });
    assert.deepEqual(await ttl(), ["", ""]);
    await prepareColdStore(store, { retentionMs: 86_400_000 });
    assert.deepEqual(await ttl(), ["86400", "86400"]);
    const mutations = (await mutationsOf(store)).length;
    await prepareColdStore(store, {
      retentionMs: 86_400_000,
      maxSkewMs: 300_000,
      allowedLatenessMs: 600_000,
    });
    assert.equal((await mutationsOf(store)).length, mutations);
    await prepareColdStore(store, { retentionMs: 172_800_000 });
    assert.deepEqual(await ttl(), ["172800", "172800"]);
    await prepareColdStore(store, { retentionMs: null });
    assert.deepEqual(await ttl(), ["", ""]);
  }));

Deno.test("events older than the retention go away with a merge", () =>
  withColdStore(async (store) => {
    const now = Date.now();
    await write(store, [
      { ...record(0, { event_ts: new Date(now).toISOString() }), appendTimeMs: now - 2 * 86_400_000 },
      { ...record(1, { event_ts: new Date(now).toISOString() }), appendTimeMs: now },
    ]);
    await prepareColdStore(store, { retentionMs: 86_400_000 });
    await store.client.command({ query: "OPTIMIZE TABLE events FINAL" });
    assert.deepEqual(await rowsOf(store, "SELECT toUInt32(offset) AS at FROM events"), [{ at: 1 }]);
  }));
