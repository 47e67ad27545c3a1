import { fileURLToPath } from "node:url";
import { openLake } from "@countinghouse/lake";
import { createKafkaLog, ensureTopics, type KafkaLog, type NewRecord } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { MongoClient } from "mongodb";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const PARTITIONS = 2;

/** A topic, a database and a lake of one test. */
export interface Shop {
  readonly log: KafkaLog;
  readonly topic: string;
  /** The lake's folder. */
  readonly folder: string;
  /** A view of the lake that no other one shares. */
  openLake(): ReturnType<typeof openLake>;
  /** Starts a worker, with the rights that it has in the stack. */
  startWorker(name: string): Deno.ChildProcess;
}

export async function withShop(test: (shop: Shop) => Promise<void>): Promise<void> {
  const { kafkaBootstrapServers, clickhouseUrl, mongoUri } = loadEndpoints(loadSettings());
  const id = crypto.randomUUID().slice(0, 8);
  const topics = {
    events: `events-${id}`,
    deadLetters: `events-${id}.dead-letter`,
    partitions: PARTITIONS,
    retentionMs: 3_600_000,
  };
  const home = await Deno.makeTempDir();
  const folder = `${home}/lake`;
  const lake = { batchAgeMs: 200, batchRows: 2_000, compactionQuietMs: 2_000 };
  await Deno.writeTextFile(
    `${home}/countinghouse.json`,
    JSON.stringify({ topics, lake, rollup: { leaseMs: 1_000 } }),
  );
  const logger = createLogger("error");
  const kafka = { bootstrapServers: kafkaBootstrapServers, clientId: "countinghouse-test", logger };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  const database = new URL(mongoUri);
  database.pathname = `/test_${id}`;
  const workers: Deno.ChildProcess[] = [];
  const startWorker = (name: string) => {
    const worker = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--permission-set",
        `--allow-read=countinghouse.json,${NODE_MODULES},${folder}`,
        `--allow-write=${folder}`,
        MAIN,
      ],
      cwd: home,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
        MONGO_URI: database.href,
        CLICKHOUSE_URL: clickhouseUrl,
        LAKE_URL: folder,
        WORKER_NAME: name,
        LOG_LEVEL: "error",
      },
      stdin: "null",
      stdout: "null",
    }).spawn();
    workers.push(worker);
    return worker;
  };
  try {
    await test({ log, topic: topics.events, folder, openLake: () => openLake(folder), startWorker });
  } finally {
    await Promise.all(workers.map((worker) => stop(worker, "SIGKILL")));
    await log.close();
    const client = new MongoClient(database.href);
    await client.db().dropDatabase();
    await client.close();
    await Deno.remove(home, { recursive: true });
  }
}

/** Sends a signal, to a worker that may have ended, and waits for its end. */
export async function stop(worker: Deno.ChildProcess, signal: Deno.Signal): Promise<Deno.CommandStatus> {
  try {
    worker.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return await worker.status;
}

/** Events `from` to `to`, of which every tenth is sent twice and every hundredth can't be read. */
export function eventRecords(from: number, to: number): NewRecord[] {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return Array.from({ length: to - from }, (_, at) => from + at).flatMap((n) => {
    const key = new TextEncoder().encode(`u${n % 97}`);
    const value = encode({
      event_id: `e${n}`,
      event_type: n % 5 === 0 ? "purchase" : "page_view",
      event_ts: new Date(Date.parse("2026-03-01T12:00:00Z") + n * 500).toISOString(),
      user_id: `u${n % 97}`,
      session_id: `s${n % 197}`,
      ...(n % 5 === 0 ? { order_id: `o${n}`, value: n / 100, currency: "EUR" } : {}),
    });
    const records: NewRecord[] = [{ key, value }];
    if (n % 10 === 0) records.push({ key, value });
    if (n % 100 === 0) records.push({ key, value: encode({ event_id: `broken${n}` }) });
    return records;
  });
}

/** How many rows `count` events of {@link eventRecords} make: the refused have none. */
export const rowsOf = (count: number) => count + count / 10;
