import assert from "node:assert/strict";
import { Binary, type Document } from "mongodb";
import { collections } from "@countinghouse/hot";
import { type LiveShop, PARTITIONS, shopRecords, START_MS, withMemoryShop } from "./testing/live_shop.ts";
import { KINDS } from "./window_documents.ts";

const MINUTE_MS = 60_000;
/** Of a shop that sends a record a second. */
const SECONDS = 3_600;

/** The kinds of documents with any of them as open to damage. */
function documents({ store: { database } }: LiveShop) {
  return KINDS.map((kind) => ({ kind, collection: database.collection<Document & { _id: string }>(kind) }));
}

async function ledger({ store: { database } }: LiveShop) {
  const books = await collections(database).partitions.find().toArray();
  const sum = (name: keyof typeof books[0]["ledger"]) =>
    books.reduce((total, { ledger }) => total + ledger[name], 0);
  return {
    read: sum("read"),
    counted: sum("counted"),
    duplicates: sum("duplicates"),
    dead_lettered: sum("dead_lettered"),
    late: sum("late"),
  };
}

Deno.test("a replay of everything, and of an interval, makes what the workers made, and changes nothing", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: SECONDS }));
    await shop.catchUp();
    const books = await ledger(shop);
    assert.ok(books.duplicates > 30 && books.late > 50 && books.dead_lettered > 10, JSON.stringify(books));
    assert.equal(books.read, books.counted + books.duplicates + books.dead_lettered);
    const before = await shop.dump();

    const whole = await shop.replay();
    assert.deepEqual(whole.found, []);
    assert.deepEqual(whole.tally, {
      compared: before.size,
      changed: 0,
      missing: 0,
      surplus: 0,
      unsettled: 0,
    });
    const scope = { fromMs: START_MS + 20 * MINUTE_MS, toMs: START_MS + 40 * MINUTE_MS };
    const interval = await shop.replay({ scope });
    assert.deepEqual(interval.found, []);
    const inside = [...before.keys()].filter((name) => /^(minutes|cohorts|breakdowns) .*T12:[23]/.test(name));
    assert.equal(interval.tally.compared, inside.length);
    const ofStore = await shop.replay({ scope: { ...scope, store: "nord" } });
    assert.equal(ofStore.tally.compared, inside.filter((name) => name.endsWith("/nord")).length);
    assert.deepEqual(await shop.dump(), before);
  });
});

Deno.test("workers go on from the state that a replay leaves as if nothing had happened", async () => {
  await withMemoryShop(async (shop, send) => {
    const records = [...shopRecords({ seconds: SECONDS })];
    await send(records.slice(0, 1_800));
    await shop.catchUp();
    await shop.replay();
    await send(records.slice(1_800));
    await shop.catchUp();
    const { found } = await shop.replay({ dryRun: true });
    assert.deepEqual(found, []);
  });
});

Deno.test("damaged, deleted and invented documents are told by a dry run, repaired by a replay, and stay so", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: SECONDS }));
    await shop.catchUp();
    const before = await shop.dump();
    const expected: string[] = [];
    for (const { kind, collection } of documents(shop)) {
      const [changed, ahead, behind, deleted, copied] = await collection.find().sort({ _id: 1 }).limit(5)
        .toArray();
      await collection.updateOne({ _id: changed!._id }, { $set: { touched: new Date("2031-01-01") } });
      await collection.updateOne({ _id: ahead!._id }, { $set: { through: 1_000_000 } });
      await collection.updateOne({ _id: behind!._id }, { $set: { through: 1, closed: false } });
      await collection.deleteOne({ _id: deleted!._id });
      const invented = copied!._id.replace(/[^/]*$/, "invented");
      await collection.insertOne({ ...copied, _id: invented, store: "invented" });
      for (const { _id } of [changed!, ahead!, behind!]) expected.push(`${kind} ${_id}: changed`);
      expected.push(`${kind} ${deleted!._id}: missing`, `${kind} ${invented}: surplus`);
    }
    const { minutes, partitions, stores } = collections(shop.store.database);
    await minutes.updateOne({ _id: { $regex: "T12:50.*/nord$" } }, { $set: { user_sketch: new Binary() } });
    await partitions.updateOne({ _id: 1 }, { $set: { "ledger.counted": 7 } });
    await stores.updateOne({ _id: "nord" }, { $set: { "first_money.currency": "XXX" } });
    const damaged = await shop.dump();

    const dry = await shop.replay({ dryRun: true });
    assert.deepEqual(expected.filter((line) => !dry.found.includes(line)), []);
    assert.equal(dry.found.length, expected.length + 1);
    assert.deepEqual(await shop.dump(), damaged);

    const { tally } = await shop.replay();
    assert.deepEqual(tally, {
      compared: before.size + 3,
      changed: 9 + 3,
      missing: 3,
      surplus: 3,
      unsettled: 0,
    });
    assert.deepEqual(await shop.dump(), before);
    assert.deepEqual((await shop.replay()).found, []);
    assert.deepEqual(await shop.dump(), before);
  });
});

Deno.test("lost books and a lost store are made again", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: SECONDS / 2 }));
    await shop.catchUp();
    const before = await shop.dump();
    const { database } = shop.store;
    for (const { name } of await database.listCollections().toArray()) {
      if (name !== "leases") await database.dropCollection(name);
    }
    assert.equal((await shop.dump()).size, 0);
    const { tally } = await shop.replay();
    assert.deepEqual([tally.compared, tally.unsettled], [before.size, 0]);
    assert.deepEqual(await shop.dump(), before);
  });
});

Deno.test("where the log's start was removed, only what it still holds whole is rebuilt, and that is said", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: 1.5 * SECONDS }));
    await shop.catchUp();
    const before = await shop.dump();
    const { minutes } = collections(shop.store.database);
    const last = "2026-03-01T13:15:00.000Z/0/nord";
    await minutes.updateOne({ _id: last }, { $set: { restatements: 99 } });
    for (let partition = 0; partition < PARTITIONS; partition++) {
      shop.log.removeBelow(shop.topic, partition, 600 as never);
    }
    const { partitions, found } = await shop.replay();
    for (const { rebuildableFromMs, books } of partitions.values()) {
      assert.ok(
        rebuildableFromMs > START_MS + 50 * MINUTE_MS && rebuildableFromMs < START_MS + 75 * MINUTE_MS,
      );
      assert.equal(books, undefined);
    }
    assert.deepEqual(found, [`minutes ${last}: changed`]);
    assert.deepEqual(await shop.dump(), before);
  });
});

Deno.test("a hot store that was made from another log is left alone", async () => {
  await withMemoryShop(async (shop, send) => {
    await send(shopRecords({ seconds: 600 }));
    await shop.catchUp();
    const before = await shop.dump();
    const { log: _, ...other } = shop;
    await withMemoryShop(async (empty) => {
      const stranger = Object.assign(Object.create(shop), other, { log: empty.log }) as LiveShop;
      await assert.rejects(stranger.replay(), /not the log that the hot store was made from/);
    });
    assert.deepEqual(await shop.dump(), before);
  });
});
