import { type ColdStore, createColdStore } from "@countinghouse/cold";
import { openHotStore } from "@countinghouse/hot";
import { createKafkaLog, ensureTopics, type KafkaLog } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const PARTITIONS = 4;

/** A topic, a database and a folder with the settings that name them, all of one test. */
export interface Shop {
  readonly log: KafkaLog;
  readonly topic: string;
  readonly store: ColdStore;
  /** Starts a worker; `clickhouseUrl` where it should go another way than the test. */
  startWorker(clickhouseUrl?: string): Deno.ChildProcess;
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
  const database = `test_${id}`;
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics }));
  const kafka = {
    bootstrapServers: kafkaBootstrapServers,
    clientId: "countinghouse-test",
    logger: createLogger("error"),
  };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  const store = createColdStore(clickhouseUrl, database);
  // The workers' leases.
  const leases = new URL(mongoUri);
  leases.pathname = `/${database}`;
  const workers: Deno.ChildProcess[] = [];
  const startWorker = (address = clickhouseUrl) => {
    const url = new URL(address);
    url.pathname = `/${database}`;
    const worker = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN],
      cwd: folder,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
        MONGO_URI: leases.href,
        CLICKHOUSE_URL: url.href,
        LOG_LEVEL: "error",
      },
      stdin: "null",
      stdout: "null",
    }).spawn();
    workers.push(worker);
    return worker;
  };
  try {
    await test({ log, topic: topics.events, store, startWorker });
  } finally {
    await Promise.all(workers.map((worker) => stop(worker, "SIGKILL")));
    await log.close();
    await store.client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` });
    await store.close();
    const hot = openHotStore(leases.href);
    await hot.database.dropDatabase();
    await hot.close();
    await Deno.remove(folder, { recursive: true });
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
