import assert from "node:assert/strict";
import { eraseUser as eraseFromWarehouse } from "@countinghouse/cold";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { collections, listOpenAlarms, listRestatements } from "@countinghouse/hot";
import { readLakeRows } from "@countinghouse/lake";
import { MemoryLog } from "@countinghouse/log";
import {
  comparisonsOf,
  everyoneAt,
  purchase,
  type ReconciledShop,
  sent,
  until,
  withReconciledShop,
} from "@countinghouse/reconcile/testing";
import { whenCaughtUp } from "./caught_up.ts";
import type { Receipt } from "./receipt.ts";
import { withOwnTopics } from "./testing/own_topics.ts";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Six hours ago: long over, and not yet expiring. */
const startMs = minuteStart(Date.now() - 6 * HOUR_MS);
const ALL = { fromMs: startMs - HOUR_MS, toMs: startMs + 12 * HOUR_MS };
const WHOLE_LAKE = { fromMs: 0, toMs: Infinity };
const dedup = { horizonMs: 30 * MINUTE_MS, maxIds: 1_000 };

/** Anna's and others' events: copies, old copies, an order and an event_id that Ben has too, another store. */
async function fill(shop: ReconciledShop): Promise<void> {
  const at = (seconds: number) => startMs + seconds * 1_000;
  const shopping = (user: string, second: number) =>
    ["view_item", "add_to_cart", "begin_checkout"].map((type, step) =>
      sent({ id: `${user}-${type}`, type, user, timeMs: at(second + step) })
    );
  const order = { id: "anna-buys", user: "anna", cents: 1_999, order: "o1", timeMs: at(61) };
  await shop.take([
    ...everyoneAt(startMs),
    ...shopping("anna", 1),
    ...shopping("anna", 1),
    ...shopping("ben", 10),
    sent({ id: "shared", user: "anna", timeMs: at(20) }),
    ...["carl", "dora", "emil"].map((user) => sent({ id: "shared", user, timeMs: at(25) })),
    sent({ id: "anna-in-nord", user: "anna", store_id: "nord", timeMs: at(30) }),
    purchase(order),
    purchase({ ...order, id: "ben-buys", user: "ben", timeMs: at(180) }),
    sent({ id: "shared", user: "ben", timeMs: at(240) }),
  ]);
  await shop.take(everyoneAt(startMs + HOUR_MS));
  await shop.take([purchase({ ...order, atMs: startMs + 2 * HOUR_MS })]);
  await shop.take(everyoneAt(startMs + 3 * HOUR_MS));
  // In a minute that is not over, and the last of its partition.
  await shop.take([sent({ id: "anna-leaves", user: "anna", timeMs: startMs + 3 * HOUR_MS + 10_000 })]);
}

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  // The command itself with no more than it may do.
  const permissions = program === "main.ts" ? "--permission-set" : "--allow-all";
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", permissions, new URL(program, import.meta.url).pathname, ...args],
    env: { LOG_LEVEL: "error", HOT_RETENTION_MS: `${DAY_MS}`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function run(...command: Parameters<typeof start>): Promise<Answer> {
  const { code, stdout, stderr } = await start(...command).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function erase(env: Readonly<Record<string, string>>, ...flags: string[]): Promise<Receipt> {
  const { code, stdout, stderr } = await run("main.ts", ["--user", "anna", "--json", ...flags], env);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Rows of Anna by store, in the table as it is. */
async function rowsInWarehouse({ cold }: ReconciledShop): Promise<Record<string, number>> {
  const result = await cold.client.query({
    query: "SELECT store_id, toUInt32(count()) AS rows FROM events WHERE user_id = 'anna' GROUP BY store_id",
    format: "JSONEachRow",
  });
  const found = await result.json<{ store_id: string; rows: number }>();
  return Object.fromEntries(found.map(({ store_id, rows }) => [store_id, rows]));
}

/** Rows of Anna by store, in every Parquet file that there is. */
async function rowsInLake({ lake, environment }: ReconciledShop): Promise<Record<string, number>> {
  const named = (await lake.refresh()).files().map(({ path }) => path).sort();
  assert.deepEqual(await parquetFilesIn(environment["LAKE_URL"]!), named, "no other file lies about");
  const rows: Record<string, number> = {};
  for await (const some of readLakeRows(lake, WHOLE_LAKE, ["store_id", "user_id"])) {
    for (const { store_id, user_id } of some) {
      if (user_id === "anna") rows[store_id] = (rows[store_id] ?? 0) + 1;
    }
  }
  return rows;
}

async function parquetFilesIn(folder: string, under = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${under}`)) {
    if (isDirectory) files.push(...await parquetFilesIn(folder, `${under}${name}/`));
    else if (name.endsWith(".parquet") || under.startsWith("_staged/")) files.push(`${under}${name}`);
  }
  return files.sort();
}

/** `deno task reconcile`, which reads every minute from each of the three stores. */
async function assertEqualEverywhere(env: Readonly<Record<string, string>>): Promise<void> {
  const range = ["--from", new Date(ALL.fromMs).toISOString(), "--to", new Date(ALL.toMs).toISOString()];
  const { code, stdout, stderr } = await run("../reconcile/compare.ts", range, env);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^[1-9]\d* minutes equal in MongoDB = ClickHouse = Parquet, 0 differ/m);
}

Deno.test("an erased user is in no store, and what is left is the same number everywhere", () =>
  withReconciledShop({ startMs, dedup }, (shop) =>
    withOwnTopics(shop.environment, async (env) => {
      const { database } = shop.hot;
      await fill(shop);
      const { lookTwice, lake, checks } = comparisonsOf(shop);
      await lookTwice(ALL);
      const restatements = () => listRestatements(database, { limit: 50 });
      const restatedIds = async () =>
        new Set((await restatements()).flatMap(({ events }) => events.map(({ event_id }) => event_id)));
      assert.deepEqual(await restatedIds(), new Set(["anna-buys", "ben-buys", "shared"]));
      const restatedBefore = (await restatements()).length;
      const benSpent = async () => {
        const minuteMs = startMs + 3 * MINUTE_MS;
        const range = { storeId: "default", startMs: minuteMs, endMs: minuteMs + MINUTE_MS };
        const [minute] = await shop.reader.windows(range);
        return minute?.metrics.by_currency["EUR"]?.revenue_minor;
      };
      assert.equal(await benSpent(), undefined, "Ben's order is a copy of Anna's");

      const counted = await erase(env, "--dry-run");
      assert.deepEqual(await rowsInWarehouse(shop), { default: 10, nord: 1 });
      assert.deepEqual([counted.clickhouse.rows, counted.parquet.rows], [10, 10]);
      assert.equal(counted.mongodb.event_ids, 2);

      const receipt = await erase(env);
      assert.deepEqual(await rowsInWarehouse(shop), { nord: 1 });
      assert.deepEqual(await rowsInLake(shop), { nord: 1 });
      await assertEqualEverywhere(env);
      assert.deepEqual([receipt.clickhouse.rows, receipt.parquet.rows], [10, 10]);
      // Those of Anna's events, of Ben's with her order and her event_id, and of the sessions of these.
      assert.deepEqual(receipt.mongodb, {
        event_ids: 2,
        minutes: 5,
        minutes_restated: 3,
        minutes_waiting: 1,
      });
      assert.deepEqual(receipt.remains.map(({ until }) => until !== null), [true, true, true, false]);

      assert.equal(await benSpent(), 1_999);
      const erased = (await restatements())
        .filter(({ reasons }) => reasons.includes("user_erased"));
      assert.equal(erased.length, 3);
      assert.deepEqual(await restatedIds(), new Set(["ben-buys", "shared"]), "Ben's events");
      assert.doesNotMatch(JSON.stringify(receipt), /anna/);

      const second = await erase(env);
      assert.deepEqual([second.clickhouse.rows, second.parquet.rows], [0, 0]);
      assert.deepEqual(second.mongodb, { ...receipt.mongodb, event_ids: 0 });
      assert.equal(
        (await restatements()).length,
        restatedBefore + erased.length,
        "nothing is restated twice",
      );

      // The last minute becomes final, and so do its sessions.
      for (const hours of [4, 5]) await shop.take(everyoneAt(startMs + hours * HOUR_MS));
      await lookTwice(ALL);
      await lookTwice(ALL);
      await lake.look(Date.now());
      assert.equal((await checks.tally("warehouse")).differs, 0);
      assert.deepEqual(await listOpenAlarms(database, { limit: 10 }), []);
      assert.equal(await collections(database).alarms.countDocuments(), 0, "nor was there one meanwhile");
      await assertEqualEverywhere(env);
    })));

Deno.test("the reconcile worker, running meanwhile, raises no alarm and corrects what was not final yet", () =>
  withReconciledShop({ startMs, dedup }, (shop) =>
    withOwnTopics(shop.environment, async (env) => {
      const { database } = shop.hot;
      await fill(shop);
      const worker = start("../reconcile/main.ts", [], {
        ...env,
        RECONCILE_INTERVAL_MS: "300",
        RECONCILE_LAKE_INTERVAL_MS: "300",
      });
      const { checks } = comparisonsOf(shop);
      await until("minutes are compared", async () => {
        const { equal, repaired, waiting } = await checks.tally("lake");
        return equal + repaired > 5 && waiting === 0;
      });
      const restated = async () => {
        const found = await collections(database).restatements.find({ reasons: "user_erased" }).toArray();
        return new Set(found.map(({ minute }) => minute.getTime()));
      };
      assert.equal((await erase(env)).mongodb.minutes_waiting, 1);
      assert.equal((await restated()).size, 3);
      for (const hours of [4, 5]) await shop.take(everyoneAt(startMs + hours * HOUR_MS));
      await until("the last minute is restated", async () => (await restated()).has(startMs + 3 * HOUR_MS));
      await until("every minute is compared", async () => {
        const { waiting, differs } = await checks.tally("lake");
        return waiting === 0 && differs === 0;
      });
      await assertEqualEverywhere(env);
      assert.equal(await collections(database).alarms.countDocuments(), 0);
      worker.kill("SIGTERM");
      const { code, stderr } = await worker.output();
      assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
    })));

Deno.test("an erasure that was broken off in the middle is finished by the next one", () =>
  withReconciledShop({ startMs, dedup }, (shop) =>
    withOwnTopics(shop.environment, async (env) => {
      await fill(shop);
      await comparisonsOf(shop).lookTwice(ALL);
      const away = await run("main.ts", ["--user", "anna"], { ...env, CLICKHOUSE_URL: "http://127.0.0.1:9" });
      assert.equal(away.code, 1);
      assert.match(
        away.stderr,
        /^Cannot begin to erase: .*So far nothing was erased; run it again to finish/,
      );

      await eraseFromWarehouse(shop.cold, "default", "anna");
      const receipt = await erase(env);
      assert.deepEqual([receipt.clickhouse.rows, receipt.parquet.rows], [0, 10]);
      assert.equal(receipt.mongodb.minutes_restated, 3);
      assert.deepEqual(await rowsInLake(shop), { nord: 1 });
      await assertEqualEverywhere(env);
    })));

Deno.test("events that a store has not read yet are waited for, and told when they don't get there", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(everyoneAt(startMs));
    const anna = { storeId: "default", userIds: ["anna"] };
    const { signal } = new AbortController();
    const log = new MemoryLog({ partitions: 1 });
    const stores = { ...shop, log, topic: "events", patienceMs: 0 };
    const heads = await whenCaughtUp(stores, anna, signal);
    assert.ok([...heads.values()].reduce((sum, head) => sum + head, 0) >= 8);

    const { key, value } = sent({ id: "late", user: "anna", timeMs: startMs });
    const ahead = Array.from({ length: 100 }, () => ({ key, value }));
    await log.append("events", ahead);
    await assert.rejects(
      whenCaughtUp(stores, anna, signal),
      /the warehouse has not read the user's event at offset \d+ of partition 0 yet/,
    );
    assert.ok((await whenCaughtUp(stores, { ...anna, userIds: ["ben"] }, signal)).size > 0);
  }));
