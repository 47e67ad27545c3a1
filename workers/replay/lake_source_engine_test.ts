import assert from "node:assert/strict";
import { refreshRollups } from "@countinghouse/cold";
import { collections } from "@countinghouse/hot";
import { LakeRecordLog, openLake } from "@countinghouse/lake";
import { runInMs } from "./rebuildable.ts";
import {
  assertRows,
  fillLake,
  fillWarehouse,
  removeRecordsBelow,
  warehouseRows,
  withWarehouse,
} from "./testing/archives.ts";
import {
  type LiveShop,
  PARTITIONS,
  RETENTION_MS,
  shopRecords,
  START_MS,
  withKafkaShop,
  withMemoryShop,
} from "./testing/live_shop.ts";

const MINUTE_MS = 60_000;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Changes a minute and deletes a third of the documents of a time. */
async function damage({ store: { database } }: LiveShop, fromMs: number, toMs: number): Promise<number> {
  const { minutes, cohorts, breakdowns } = collections(database);
  const within = { minute: { $gte: new Date(fromMs), $lt: new Date(toMs) } };
  const ids = (await minutes.find(within).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  const lost = { _id: { $in: ids.filter((_, at) => at % 3 === 0) } };
  const removed = await Promise.all([
    minutes.deleteMany(lost),
    cohorts.deleteMany(lost),
    breakdowns.deleteMany(lost),
  ]);
  await minutes.updateOne({ _id: ids[1]! }, { $set: { "counts.events": 77_777 } });
  return 1 + removed.reduce((sum, { deletedCount }) => sum + deletedCount, 0);
}

Deno.test("minutes whose records the log has lost are made again from the lake, byte for byte", () =>
  withFolder((folder) =>
    withMemoryShop(async (shop, send) => {
      await send(shopRecords({ seconds: 2 * 3_600 }));
      await shop.catchUp();
      // The lake is behind: where it ends, the log goes on.
      const records = [...shopRecords({ seconds: 2 * 3_600 + 600 })].slice(2 * 3_600);
      await fillLake(shop, openLake(folder));
      await send(records);
      await shop.catchUp();
      const before = await shop.dump();
      const scope = { fromMs: START_MS + 75 * MINUTE_MS, toMs: START_MS + 90 * MINUTE_MS };
      const damaged = await damage(shop, scope.fromMs, scope.toMs);
      const broken = await shop.dump();
      for (let partition = 0; partition < PARTITIONS; partition++) {
        shop.log.removeBelow(shop.topic, partition, 3_000 as never);
      }
      const fromLog = await shop.replay({ scope });
      assert.ok([...fromLog.partitions.values()].every((left) => left.rebuildableFromMs > scope.toMs));
      assert.deepEqual(await shop.dump(), broken);

      const log = new LakeRecordLog({
        lake: openLake(folder),
        log: shop.log,
        topic: shop.topic,
        sinceMs: scope.fromMs - runInMs(shop.fold),
        windowOffsets: 700,
      });
      for (const { start, end } of await log.ranges(shop.topic)) assert.ok(start > 0 && end > 3_000);
      const dry = await shop.replay({ scope, log, dryRun: true });
      assert.equal(dry.found.length, damaged);
      assert.deepEqual(await shop.dump(), broken);
      const { tally } = await shop.replay({ scope, log });
      assert.deepEqual([tally.changed, tally.missing, tally.unsettled], [1, damaged - 1, 0]);
      assert.deepEqual(await shop.dump(), before);
      assert.deepEqual((await shop.replay({ scope, log })).found, []);
      assert.deepEqual(await shop.dump(), before);
    })
  ));

Deno.test("the command rebuilds hot minutes and warehouse rows that Kafka no longer has, old ones too", () =>
  withFolder((folder) =>
    withKafkaShop((shop) =>
      withWarehouse(async (store, warehouse) => {
        const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 120 * MINUTE_MS;
        // A backfill: older than any hot minute.
        const history = shopRecords({ seconds: 300, startMs: Date.parse("2012-06-01T12:00:00Z"), seed: 2 });
        const recent = [...shopRecords({ seconds: 1_800, startMs })];
        const records = [...recent.slice(0, 900), ...history, ...recent.slice(900)];
        await shop.log.append(shop.topic, records.map(({ atMs: _, ...record }) => record));
        await shop.catchUp();
        const lake = `${folder}/lake`;
        await fillLake(shop, openLake(lake));
        await fillWarehouse(shop, store);
        await refreshRollups(store, { settledMs: Date.now() });
        const documents = await shop.dump();
        const rows = await warehouseRows(store);
        assert.ok(![...documents.keys()].some((name) => name.includes(" 2012-")));
        assert.ok(rows.some((row) => row.startsWith('{"step":"day","store_id":"nord","start":"2012-06-01')));

        const [fromMs, toMs] = [startMs + 8 * MINUTE_MS, startMs + 20 * MINUTE_MS];
        await damage(shop, fromMs, toMs);
        // Where the last record of a minute is still there, its rollup looks as if nothing was missing.
        const times = `(event_time >= fromUnixTimestamp64Milli(${fromMs}) AND ` +
          `event_time < fromUnixTimestamp64Milli(${toMs}) OR toYear(event_time) = 2012)`;
        const remove = async (query: string) =>
          await store.client.command({ query, clickhouse_settings: { mutations_sync: "2" } });
        await remove(`ALTER TABLE events DELETE WHERE offset % 3 = 0 AND offset % 100 != 99 AND ${times}`);
        await remove("ALTER TABLE rollups DELETE WHERE 1");
        await refreshRollups(store, { settledMs: Date.now() });
        await removeRecordsBelow(shop.topic, PARTITIONS, 200);
        const broken = { documents: await shop.dump(), rows: await warehouseRows(store) };

        const { closedMinutesKept: _, dedup, ...rollup } = { closedMinutesKept: 0, ...shop.fold };
        await Deno.writeTextFile(
          `${folder}/countinghouse.json`,
          JSON.stringify({
            topics: { events: shop.topic, deadLetters: `${shop.topic}.dead-letter`, partitions: PARTITIONS },
            rollup: {
              ...rollup,
              hotRetentionMs: RETENTION_MS,
              dedupHorizonMs: dedup.horizonMs,
              dedupMaxIds: dedup.maxIds,
            },
          }),
        );
        const command = async (...args: string[]) => {
          const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
            args: [
              "run",
              "--quiet",
              "--permission-set",
              new URL("main.ts", import.meta.url).pathname,
              ...args,
            ],
            cwd: folder,
            env: { MONGO_URI: shop.address, CLICKHOUSE_URL: warehouse, LAKE_URL: lake, LOG_LEVEL: "error" },
            stdin: "null",
          }).output();
          return { code, out: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
        };
        const interval = ["--from", new Date(fromMs).toISOString(), "--to", new Date(toMs).toISOString()];
        const expectation = async (args: string[], code: number, out: RegExp) => {
          const answer = await command(...args);
          assert.match(answer.out, out);
          assert.equal(answer.code, code, answer.out);
        };

        await expectation(interval, 1, /the start of the log was removed, .* use --source lake/);
        const hot = ["--source", "lake", ...interval];
        await expectation(
          [...hot, "--dry-run"],
          2,
          / 1 to be repaired, [1-9]\d* to be added, 0 to be removed\n/,
        );
        assert.deepEqual(await shop.dump(), broken.documents);
        await expectation(hot, 0, / 1 repaired, [1-9]\d* added, 0 removed\n/);
        assert.deepEqual(await shop.dump(), documents);
        await expectation(hot, 0, / 0 repaired, 0 added, 0 removed\n/);
        assert.deepEqual(await shop.dump(), documents);

        const cold = ["--source", "lake", "--into", "warehouse"];
        await expectation(
          [...cold, ...interval, "--dry-run"],
          2,
          /: [1-9]\d* missing in the warehouse, none inserted/,
        );
        await assertRows(store, broken.rows);
        await expectation([...cold, ...interval], 0, /: ([1-9]\d*) missing in the warehouse, \1 inserted\n/);
        await expectation(
          [...cold, "--from", "2012-01-01", "--to", "2013-01-01"],
          0,
          /: ([1-9]\d*) missing in the warehouse, \1 inserted\n/,
        );
        await assertRows(store, rows);
        await expectation([...cold, "--all"], 0, /: 0 missing in the warehouse, 0 inserted\n/);
        await assertRows(store, rows);
      })
    )
  ));
