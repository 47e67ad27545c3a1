import assert from "node:assert/strict";
import { collections, type HotStore, openHotStore } from "@countinghouse/hot";
import { createKafkaLog, ensureTopics, type KafkaLog } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";

/** Of the events. */
export const PARTITIONS = 2;
const DEADLINE_MS = 60_000;
const MAIN = new URL("../main.ts", import.meta.url).pathname;
const ROLLUP = new URL(import.meta.resolve("@countinghouse/rollup")).pathname;

/** A shop of a test's own: topics, a database, a running rollup worker, and the command. */
export interface Shop {
  readonly log: KafkaLog;
  readonly store: HotStore;
  readonly topics: { readonly events: string; readonly deadLetters: string };
  readonly folder: string;
  /** Runs the command; answers its exit code and what it printed. */
  command(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** Waits until the worker has taken everything in, and sums its books and the events that the minutes hold. */
  books(): Promise<
    { read: number; counted: number; duplicates: number; dead_lettered: number; held: number }
  >;
}

/** Runs a test with a shop of its own. */
export async function withShop(test: (shop: Shop) => Promise<void>): Promise<void> {
  const { kafkaBootstrapServers, mongoUri, clickhouseUrl } = loadEndpoints(loadSettings());
  const id = crypto.randomUUID().slice(0, 8);
  const topics = {
    events: `events-${id}`,
    deadLetters: `dead-${id}`,
    partitions: PARTITIONS,
    retentionMs: 3_600_000,
  };
  const address = new URL(mongoUri);
  address.pathname = `/test_${id}`;
  const logger = createLogger("error");
  const kafka = { bootstrapServers: kafkaBootstrapServers, clientId: "countinghouse-test", logger };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  const store = openHotStore(address.href);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics, logLevel: "error" }));
  const process = (main: string, args: readonly string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", main, ...args],
      cwd: folder,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
        MONGO_URI: address.href,
        CLICKHOUSE_URL: clickhouseUrl,
      },
      stdin: "null",
    });
  const worker = process(ROLLUP, []).spawn();
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await process(MAIN, args).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  };
  const books = async () => {
    await caughtUp(log, topics.events, store);
    const all = await collections(store.database).partitions.find().toArray();
    const minutes = await collections(store.database).minutes.find().toArray();
    const sum = (name: keyof typeof all[0]["ledger"]) =>
      all.reduce((total, { ledger }) => total + ledger[name], 0);
    return {
      read: sum("read"),
      counted: sum("counted"),
      duplicates: sum("duplicates"),
      dead_lettered: sum("dead_lettered"),
      held: minutes.reduce((total, { counts }) => total + counts.events, 0),
    };
  };
  try {
    await test({ log, store, topics, folder, command, books });
  } finally {
    worker.kill("SIGTERM");
    await worker.status;
    await log.close();
    await store.database.dropDatabase();
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function caughtUp(log: KafkaLog, topic: string, { database }: HotStore): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const all = await collections(database).partitions.find().toArray();
    const through = new Map(all.map((books) => [books._id, books.through]));
    if ((await log.ranges(topic)).every(({ partition, end }) => through.get(partition) === end)) return;
    assert.ok(performance.now() < deadline, `the worker is at ${JSON.stringify([...through])}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
