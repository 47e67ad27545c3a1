import assert from "node:assert/strict";
import { BSON } from "mongodb";
import {
  type LogRecord,
  type MinuteChange,
  MinuteFold,
  type Offset,
  type StoredWindow,
  windowKey,
} from "@countinghouse/core";
import { HotSink } from "./hot_sink.ts";
import { announcePartitions, collections, type HotStore } from "./hot_store.ts";
import { prepareHotStore } from "./prepare_hot_store.ts";
import { withHotStore } from "./hot_store_fixture.ts";
import { createSnapshotStore } from "./snapshot_store.ts";

const PARTITION = 1;
const T0 = Date.parse("2026-03-01T12:00:00.000Z");

function withSink(test: (store: HotStore, sink: HotSink) => Promise<void>): Promise<void> {
  return withHotStore((store) => {
    const snapshots = createSnapshotStore(store.database, "rollup");
    return test(store, new HotSink(store.database, snapshots, () => T0 + 5));
  });
}

/** A fold that has taken in purchases of 10.00 EUR, a minute apart. */
function foldOf(purchases: number): MinuteFold {
  const fold = new MinuteFold(PARTITION, {
    allowedLatenessMs: 60_000,
    maxSkewMs: 60_000,
    dedup: { horizonMs: 3_600_000, maxIds: 1_000 },
    sessionTimeoutMs: 1_800_000,
  });
  const records = Array.from({ length: purchases }, (_, at): LogRecord => ({
    offset: at as Offset,
    appendTimeMs: T0 + at * 60_000,
    key: null,
    value: new TextEncoder().encode(JSON.stringify({
      event_id: `e${at}`,
      event_type: "purchase",
      event_ts: new Date(T0 + at * 60_000).toISOString(),
      user_id: `u${at}`,
      session_id: "s",
      value: 10,
      currency: "EUR",
      page: "/a.b/$c",
    })),
  }));
  const through = purchases as Offset;
  fold.apply({ partition: PARTITION, records, from: 0 as Offset, through, end: through });
  return fold;
}

function batch(through: number, change: MinuteChange) {
  return { partition: PARTITION, through: through as Offset, end: through as Offset, change };
}

Deno.test("what is written can be read back, and the position moves with it", async () => {
  await withSink(async (store, sink) => {
    assert.equal(await sink.position(PARTITION), 0);
    const change = foldOf(4).take(true);
    await sink.write(batch(4, change));
    assert.equal(await sink.position(PARTITION), 4);
    const windows: StoredWindow[] = [...change.minutes, ...change.cohorts, ...change.breakdowns];
    assert.deepEqual(new Set(windows.map(({ kind }) => kind)), new Set(["minute", "cohort", "breakdown"]));
    const loaded = await sink.load(PARTITION, windows.map(({ kind, id }) => windowKey(kind, id)));
    assert.deepEqual(loaded, new Map(windows.map((window) => [windowKey(window.kind, window.id), window])));
    const books = await collections(store.database).partitions.findOne({ _id: PARTITION });
    assert.deepEqual(books?.ledger, {
      read: 4,
      counted: 4,
      duplicates: 0,
      dead_lettered: 0,
      late: 0,
      skewed: 0,
      archived: 0,
    });
    assert.equal(books?.processing_time_ms, 0);
  });
});

Deno.test("preparing again changes nothing but a retention that is set otherwise", async () => {
  await withHotStore(async ({ database }) => {
    const retention = async () => {
      const indexes = await collections(database).minutes.indexes();
      return indexes.map(({ name, expireAfterSeconds }) => [name, expireAfterSeconds]);
    };
    await prepareHotStore(database, 86_400_000);
    const before = await retention();
    await prepareHotStore(database, 86_400_000);
    assert.deepEqual(await retention(), before);
    await prepareHotStore(database, 3_600_000);
    assert.deepEqual((await retention()).find(([name]) => name === "retention"), ["retention", 3_600]);
  });
});

Deno.test("partitions are announced once, and what is known of them stays", async () => {
  await withSink(async (store, sink) => {
    await announcePartitions(store.database, 3);
    await sink.write(batch(4, foldOf(4).take(true)));
    await announcePartitions(store.database, 3);
    const known = await collections(store.database).partitions.find().sort({ _id: 1 }).toArray();
    assert.deepEqual(known.map(({ _id, through }) => [_id, through]), [[0, 0], [PARTITION, 4], [2, 0]]);
  });
});

Deno.test("a write that goes less far changes nothing, and the same write twice neither", async () => {
  await withSink(async (store, sink) => {
    const stale = foldOf(2).take(true);
    await sink.write(batch(5, foldOf(5).take(true)));
    const before = await everything(store);
    await sink.write(batch(2, stale));
    await sink.write(batch(5, foldOf(5).take(true)));
    assert.deepEqual(await everything(store), before);
    assert.equal(before.minutes.length, 5);
  });
});

Deno.test("a write that is partly stale stores the part that is not", async () => {
  await withSink(async (store, sink) => {
    await sink.write(batch(3, foldOf(3).take(true)));
    await sink.write(batch(6, foldOf(6).take(true)));
    assert.equal((await everything(store)).minutes.length, 6);
    assert.equal(await sink.position(PARTITION), 6);
  });
});

Deno.test("the earliest money decides a store's currency, whichever partition writes first", async () => {
  await withSink(async (store, sink) => {
    const change = { ...foldOf(1).take(true), minutes: [] };
    const first = { store: "nord", appendTimeMs: T0, currency: "SEK" as never };
    const later = { store: "nord", appendTimeMs: T0 + 1, currency: "EUR" as never };
    await sink.write(batch(1, { ...change, firstMoney: [later] }));
    await sink.write(batch(2, { ...change, firstMoney: [first] }));
    await sink.write(batch(3, { ...change, firstMoney: [later] }));
    const document = await collections(store.database).stores.findOne({ _id: "nord" });
    assert.deepEqual(document?.first_money, { at: new Date(T0), currency: "SEK" });
  });
});

Deno.test("a minute with more members than fit into a document is stored in parts, and read back whole", async () => {
  await withSink(async (store, sink) => {
    const words = (hashes: number) => new Uint32Array(2 * hashes).map((_, at) => at * 2_654_435_761);
    const [minute] = foldOf(3).take(true).minutes.filter(({ closed }) => closed);
    const crowded = (through: number, users: number) => ({
      ...foldOf(3).take(true),
      minutes: [{
        ...minute!,
        through: through as Offset,
        members: { users: words(users), sessions: words(9) },
      }],
    });
    const key = windowKey("minute", minute!.id);
    const { members } = collections(store.database);
    await sink.write(batch(3, crowded(3, 100_000)));
    assert.deepEqual((await sink.load(PARTITION, [key])).get(key), crowded(3, 100_000).minutes[0]);
    assert.equal(await members.countDocuments(), 13);
    await sink.write(batch(4, crowded(4, 100_001)));
    await sink.write(batch(3, crowded(3, 100_000)));
    assert.deepEqual((await sink.load(PARTITION, [key])).get(key), crowded(4, 100_001).minutes[0]);
    for await (const document of collections(store.database).minutes.find()) {
      assert.ok(BSON.calculateObjectSize(document) < 256 * 1_024);
    }
    for await (const chunk of members.find()) assert.ok(BSON.calculateObjectSize(chunk) < 256 * 1_024);
  });
});

Deno.test("snapshots come furthest first, three are kept, and one of several megabytes is whole", async () => {
  await withSink(async (_store, sink) => {
    const large = crypto.getRandomValues(new Uint8Array(60_000));
    const megabytes = new Uint8Array(3_000_000).map((_, at) => large[at % large.length]!);
    for (const through of [10, 40, 20, 30]) {
      const bytes = through === 40 ? megabytes : new Uint8Array([through]);
      await sink.snapshots.save(PARTITION, through as Offset, bytes);
    }
    const found = [];
    for await (const snapshot of sink.snapshots.list(PARTITION)) found.push(snapshot);
    assert.deepEqual(found, [megabytes, new Uint8Array([30]), new Uint8Array([20])]);
    for await (const _ of sink.snapshots.list(PARTITION + 1)) assert.fail("another partition has snapshots");
  });
});

Deno.test("a rebuild's snapshot takes the place of all others of its partition", async () => {
  await withHotStore(async ({ database }) => {
    const snapshots = createSnapshotStore(database, "rollup");
    const of = (partition: number) => Array.fromAsync(snapshots.list(partition));
    for (const through of [10, 40, 20]) {
      await snapshots.save(PARTITION, through as Offset, new Uint8Array([through]));
    }
    await snapshots.save(PARTITION + 1, 50 as Offset, new Uint8Array([50]));
    await snapshots.replace(PARTITION, 30 as Offset, new Uint8Array([30]));
    assert.deepEqual(await of(PARTITION), [new Uint8Array([30])]);
    assert.deepEqual(await of(PARTITION + 1), [new Uint8Array([50])]);
  });
});

async function everything({ database }: HotStore) {
  const { minutes, cohorts, partitions } = collections(database);
  return {
    cohorts: await cohorts.find().sort({ _id: 1 }).toArray(),
    minutes: await minutes.find().sort({ _id: 1 }).toArray(),
    partitions: await partitions.find().sort({ _id: 1 }).toArray(),
  };
}
