import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type KpiWindow, MINUTE_MS, minuteStart } from "@countinghouse/core";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { type FeedOptions, type MinuteFeed, startMinuteFeed } from "./minute_feed.ts";
import { minuteDocument, partitionDocument, TEST_RULES } from "./minute_fixture.ts";
import { collections, type HotStore, openHotStore } from "./hot_store.ts";
import { createMinuteReader } from "./minute_reader.ts";

const NOW = minuteStart(Date.now());
const { mongoUri } = loadEndpoints(loadSettings());

/** A database of its own on the test's server, and a feed on it whose windows are gathered. */
async function withFeed(
  test: (feed: MinuteFeed, windows: KpiWindow[], store: HotStore) => Promise<void>,
  { uri = mongoUri, ...options }: Partial<FeedOptions> & { readonly uri?: string } = {},
): Promise<void> {
  const name = `feed_${crypto.randomUUID().replaceAll("-", "")}`;
  const direct = openHotStore(withDatabase(mongoUri, name));
  const watched = openHotStore(withDatabase(uri, name));
  await collections(direct.database).minutes.createIndex({ store: 1, minute: 1 });
  const feed = startMinuteFeed(watched.database, { rules: TEST_RULES, now: () => NOW, ...options });
  try {
    const windows: KpiWindow[] = [];
    feed.subscribe((window) => windows.push(window));
    await feed.ready;
    await test(feed, windows, direct);
  } finally {
    await feed.close();
    await direct.database.dropDatabase();
    await Promise.all([direct.close(), watched.close()]);
  }
}

function withDatabase(uri: string, name: string): string {
  const url = new URL(uri);
  url.pathname = `/${name}`;
  return url.href;
}

async function until(met: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(`Cannot see ${what} within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const minute = (events: number, through: number, partition = 0, minuteMs = NOW) =>
  minuteDocument({ minuteMs, partition, through, counts: { events } });
const newest = (windows: readonly KpiWindow[]) => windows.at(-1)?.metrics.events;

/** A TCP proxy in front of a server, whose connections can be cut and refused. */
async function proxyTo(uri: string) {
  const { hostname, port } = new URL(uri);
  const sockets = new Set<Socket>();
  let refuse = false;
  const server: Server = createServer((client) => {
    if (refuse) return void client.destroy();
    const upstream = connect(Number(port || 27017), hostname);
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot read the proxy's port");
  return {
    uri: `mongodb://127.0.0.1:${address.port}/?directConnection=true`,
    cut() {
      refuse = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      refuse = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

Deno.test("an inserted and a replaced document arrive as the whole minute", () =>
  withFeed(async (_feed, windows, { database }) => {
    const { minutes } = collections(database);
    await minutes.insertOne(minute(3, 1, 0));
    await until(() => newest(windows) === 3, "the first document");
    await minutes.insertOne(minute(4, 1, 1));
    await until(() => newest(windows) === 7, "both partitions");
    const { _id, ...replacement } = minute(10, 2, 0);
    await minutes.replaceOne({ _id, through: { $lt: 2 } }, replacement, { upsert: true });
    await until(() => newest(windows) === 14, "the replaced document");
    assert.equal(windows.at(-1)?._id, new Date(NOW).toISOString());
  }));

Deno.test("what was there before the feed is published when it starts", async () => {
  const name = `feed_${crypto.randomUUID().replaceAll("-", "")}`;
  const store = openHotStore(withDatabase(mongoUri, name));
  await collections(store.database).minutes.insertMany([minute(3, 1, 0), minute(4, 1, 1)]);
  await collections(store.database).stores.insertOne({
    _id: "default",
    first_money: { at: new Date(NOW), currency: "JPY" },
  });
  const feed = startMinuteFeed(store.database, { rules: TEST_RULES, now: () => NOW });
  try {
    const windows: KpiWindow[] = [];
    feed.subscribe((window) => windows.push(window));
    await until(() => windows.length > 0, "the minutes that were there");
    assert.deepEqual(windows.map(({ metrics }) => [metrics.events, metrics.currency]), [[7, "JPY"]]);
  } finally {
    await feed.close();
    await store.database.dropDatabase();
    await store.close();
  }
});

Deno.test("a minute older than memory goes is read back with its other partitions", () =>
  withFeed(async (_feed, windows, { database }) => {
    const { minutes } = collections(database);
    const old = NOW - 24 * 60 * MINUTE_MS;
    await minutes.insertMany([minute(1, 1, 0, old), minute(2, 1, 1, old)]);
    await until(() => newest(windows) === 3, "the old minute");
    await minutes.insertOne(minute(4, 1, 2, old));
    await until(() => newest(windows) === 7, "its late correction");
  }));

Deno.test("a minute becomes final when a partition's watermark passes it", () =>
  withFeed(async (_feed, windows, { database }) => {
    const { minutes, partitions } = collections(database);
    await partitions.insertOne(partitionDocument({ _id: 0, end: 1, watermark: new Date(NOW) }));
    await minutes.insertOne(minute(1, 1));
    await until(() => windows.at(-1)?.status === "provisional", "the provisional minute");
    const watermark = new Date(NOW + MINUTE_MS);
    await partitions.updateOne({ _id: 0 }, { $set: { watermark } });
    await until(() => windows.at(-1)?.status === "final", "the final minute");
  }));

Deno.test("changes made while the connection was cut arrive once it is back", async () => {
  await using proxy = await proxyTo(mongoUri);
  const connections: [boolean, string][] = [];
  await withFeed(async (feed, windows, { database }) => {
    const { minutes } = collections(database);
    await minutes.insertOne(minute(1, 1));
    await until(() => newest(windows) === 1, "the first document");
    proxy.cut();
    await until(() => !feed.connected, "the lost connection", 20_000);
    const { _id, ...replacement } = minute(2, 2);
    await minutes.replaceOne({ _id }, replacement);
    proxy.mend();
    await until(() => newest(windows) === 2, "what changed meanwhile", 20_000);
    assert.deepEqual(connections.map(([connected]) => connected), [true, false, true]);
    assert.equal(connections[2]?.[1], "resumed");
  }, { uri: proxy.uri, onConnection: (connected, reason) => connections.push([connected, reason]) });
});

Deno.test("a database that is dropped and filled again is read anew", () =>
  withFeed(async (_feed, windows, { database }) => {
    await collections(database).minutes.insertOne(minute(9, 900));
    await until(() => newest(windows) === 9, "the first document");
    await database.dropDatabase();
    await collections(database).minutes.insertOne(minute(2, 2));
    await until(() => newest(windows) === 2, "the document of the new database");
  }));

Deno.test("a reader answers a half-open range in order, with or without the empty minutes", async () => {
  const name = `reader_${crypto.randomUUID().replaceAll("-", "")}`;
  const store = openHotStore(withDatabase(mongoUri, name));
  try {
    const { minutes, stores } = collections(store.database);
    const at = (index: number) => NOW + index * MINUTE_MS;
    await minutes.insertMany([
      minuteDocument({
        minuteMs: at(2),
        counts: { events: 5, purchases: 1 },
        money: { EUR: { gross: 10, refunds: 0 } },
      }),
      minute(1, 1, 0, at(0)),
      minute(2, 1, 1, at(0)),
      minute(8, 1, 0, at(4)),
      minuteDocument({ minuteMs: at(1), store: "other", counts: { events: 99 } }),
    ]);
    await stores.insertOne({ _id: "default", first_money: { at: new Date(NOW), currency: "EUR" } });
    const reader = createMinuteReader(store.database, TEST_RULES);
    const range = { storeId: "default", startMs: at(0), endMs: at(4) };
    const events = (windows: readonly KpiWindow[]) => windows.map(({ metrics }) => metrics.events);
    assert.deepEqual(events(await reader.windows(range)), [3, 5]);
    assert.deepEqual(events(await reader.windows({ ...range, fill: true })), [3, 0, 5, 0]);
    const latest = await reader.latest("default", NOW);
    assert.equal(latest._id, new Date(at(4)).toISOString());
    assert.equal(latest.metrics.currency, "EUR");
    const none = await reader.latest("empty", NOW);
    assert.deepEqual([none._id, none.metrics.events, none.status], [
      new Date(NOW).toISOString(),
      0,
      "provisional",
    ]);
  } finally {
    await store.database.dropDatabase();
    await store.close();
  }
});
