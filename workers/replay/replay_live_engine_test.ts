import assert from "node:assert/strict";
import { collections } from "@countinghouse/hot";
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
/** Of a shop that sends a record a second. */
const SECONDS = 3_600;

Deno.test("an interval is repaired while workers go on, and nothing outside of it is touched", async () => {
  await withMemoryShop(async (shop, send) => {
    const records = [...shopRecords({ seconds: SECONDS })];
    await send(records.slice(0, 2_000));
    const stop = shop.startWorker();
    await shop.caughtUp();
    const [inside, outside] = ["2026-03-01T12:20:00.000Z/1/nord", "2026-03-01T12:05:00.000Z/1/invented"];
    const { minutes } = collections(shop.store.database);
    const right = await minutes.findOne({ _id: inside });
    const minute = new Date(outside.slice(0, 24));
    await minutes.insertOne({ ...right!, _id: outside, store: "invented", minute });
    await minutes.updateOne({ _id: inside }, { $set: { "counts.events": 0, restatements: 99 } });

    let isOver = false;
    const sending = (async () => {
      for (let at = 2_000; !isOver || at < 2_500; at = Math.min(at + 20, records.length)) {
        await send(records.slice(at, at + 20));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const scope = { fromMs: START_MS + 15 * MINUTE_MS, toMs: START_MS + 600 * MINUTE_MS };
    const { found, tally } = await shop.replay({ scope }).finally(() => isOver = true);
    await sending;
    assert.deepEqual(found, [`minutes ${inside}: changed`]);
    assert.equal(tally.unsettled, 0);
    await shop.caughtUp();
    await stop();
    const repaired = await minutes.findOne({ _id: inside });
    assert.ok(repaired!.counts.events >= right!.counts.events);
    const { found: after } = await shop.replay({ dryRun: true });
    assert.deepEqual(after, [`minutes ${outside}: surplus`]);
  });
});

Deno.test("of everything, workers give a partition back and forth: their wrong state is rebuilt too", async () => {
  await withMemoryShop(async (shop, send) => {
    const records = [...shopRecords({ seconds: SECONDS })];
    await send(records.slice(0, 2_000));
    // A worker that knew no horizon: what is in its memory, its snapshots and its minutes is wrong.
    const fold = { ...shop.fold, dedup: { horizonMs: 1_000, maxIds: 8 } };
    const wrong = Object.assign(Object.create(shop), { fold }) as LiveShop;
    const stop = wrong.startWorker();
    await shop.caughtUp();
    await stop();
    const goOn = shop.startWorker();
    await send(records.slice(2_000, 2_800));
    await shop.caughtUp();
    assert.ok((await shop.replay({ dryRun: true })).tally.changed > 20);

    const { tally } = await shop.replay();
    assert.ok(tally.changed > 20);
    assert.equal(tally.unsettled, 0);
    await send(records.slice(2_800));
    await shop.caughtUp();
    await goOn();
    assert.deepEqual((await shop.replay({ dryRun: true })).found, []);
    const books = await collections(shop.store.database).partitions.find().toArray();
    assert.equal(books.reduce((sum, { ledger }) => sum + ledger.read, 0), records.length);
  });
});

Deno.test("two replays at a time come one after the other", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: 1_800 }));
    await shop.catchUp();
    const before = await shop.dump();
    await collections(shop.store.database).minutes.deleteMany({ partition: 0 });
    const results = await Promise.all([shop.replay(), shop.replay()]);
    const missing = results.map(({ tally }) => tally.missing);
    assert.equal(Math.min(...missing), 0);
    assert.ok(Math.max(...missing) > 0);
    assert.deepEqual(await shop.dump(), before);
  });
});

Deno.test("on the real log, the command compares, repairs, and says so in its exit code", async () => {
  await withKafkaShop(async (shop) => {
    const startMs = Date.now() - 2 * SECONDS * 1_000;
    const records = [...shopRecords({ seconds: SECONDS, startMs })].map(({ atMs: _, ...record }) => record);
    await shop.log.append(shop.topic, records);
    const stop = shop.startWorker();
    await shop.caughtUp();
    const folder = await Deno.makeTempDir();
    const topics = { events: shop.topic, deadLetters: `${shop.topic}.dead-letter`, partitions: PARTITIONS };
    const { closedMinutesKept: _, dedup, ...rollup } = { closedMinutesKept: 0, ...shop.fold };
    const settings = {
      hotRetentionMs: RETENTION_MS,
      ...rollup,
      dedupHorizonMs: dedup.horizonMs,
      dedupMaxIds: dedup.maxIds,
      leaseMs: 600,
    };
    await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics, rollup: settings }));
    const command = async (...args: string[]) => {
      const main = new URL("main.ts", import.meta.url).pathname;
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", main, ...args],
        cwd: folder,
        env: { MONGO_URI: shop.address },
        stdin: "null",
      }).output();
      return { code, out: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    try {
      const clean = await command("--all", "--dry-run");
      assert.equal(clean.code, 0, clean.out);
      const { minutes } = collections(shop.store.database);
      const [first] = await minutes.find({ partition: 1 }).sort({ _id: 1 }).limit(1).toArray();
      await minutes.updateOne({ _id: first!._id }, { $set: { "counts.events": 77_777 } });
      const dry = await command("--all", "--dry-run");
      assert.equal(dry.code, 2, dry.out);
      assert.match(dry.out, /differs: counts.events is 77777 instead of \d+\n.* 1 to be repaired/);
      const repaired = await command("--all");
      assert.equal(repaired.code, 0, repaired.out);
      assert.match(repaired.out, / 1 repaired, 0 added, 0 removed\n/);
      assert.deepEqual(await minutes.findOne({ _id: first!._id }), first);
      const interval = await command("--from", first!.minute.toISOString(), "--to", new Date().toISOString());
      assert.equal(interval.code, 0, interval.out);
      assert.match(interval.out, / 0 repaired, 0 added, 0 removed\n/);
    } finally {
      await stop();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
