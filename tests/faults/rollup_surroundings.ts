import { Kafka, logLevel } from "kafkajs";
import { type HotStore, openHotStore } from "@countinghouse/hot";
import { createKafkaLog, ensureTopics, type Log } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { type Endpoints, loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { type RollupProcess, startRollup } from "./rollup_process.ts";

/** What a rollup under test has around it. */
export interface SurroundingsOptions {
  readonly partitions: number;
  /** Settings of the workers, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The engines; by default those of the test run. */
  readonly engines?: Pick<Endpoints, "kafkaBootstrapServers" | "mongoUri">;
}

/** Topics and a database of a test's own, and the workers that it starts on them. */
export interface Surroundings {
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly log: Log;
  readonly hot: HotStore;
  /** Starts a worker; `settings` on top of those that all workers have. */
  start(name: string, settings?: Readonly<Record<string, string>>): RollupProcess;
  /** The same address under another port: that of a proxy in front of the engine. */
  mongoUriAt(port: number): string;
}

const DAY_MS = 86_400_000;
const WORKERS_SHARE = {
  LOG_LEVEL: "info",
  LEASE_MS: "1500",
  CHECKPOINT_INTERVAL_MS: "2000",
  // The tests' events are of a day in the past, and every one of them is to be a hot one.
  HOT_RETENTION_MS: `${3_650 * DAY_MS}`,
} as const;

/** Runs a test in surroundings of its own, ends its workers and erases what they have written. */
export async function withSurroundings(
  { partitions, settings = {}, engines = loadEndpoints(loadSettings()) }: SurroundingsOptions,
  test: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
  const id = crypto.randomUUID().slice(0, 8);
  const topics = { events: `faults-${id}`, deadLetters: `faults-${id}.dead-letter` };
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics }));
  const uriAt = (port?: number) => mongoAddress(engines.mongoUri, `faults_${id}`, port);
  const kafka = {
    bootstrapServers: engines.kafkaBootstrapServers,
    clientId: "countinghouse-test",
    logger: createLogger("error"),
  };
  const log = createKafkaLog(kafka);
  const hot = openHotStore(uriAt());
  const workers: RollupProcess[] = [];
  try {
    await ensureTopics(kafka, { ...topics, partitions, retentionMs: DAY_MS });
    await test({
      topic: topics.events,
      deadLetterTopic: topics.deadLetters,
      log,
      hot,
      start: (name, more = {}) => {
        const environment = {
          ...WORKERS_SHARE,
          KAFKA_BOOTSTRAP_SERVERS: engines.kafkaBootstrapServers,
          MONGO_URI: uriAt(),
          CLICKHOUSE_URL: "http://127.0.0.1:1",
          DATA_DIR: folder,
          PARTITIONS: `${partitions}`,
          ...settings,
          ...more,
        };
        const worker = startRollup({ name, folder, environment });
        workers.push(worker);
        return worker;
      },
      mongoUriAt: uriAt,
    });
  } catch (error) {
    for (const { name, lines } of workers) {
      console.error([`${name} has said:`, ...lines().slice(-20)].join("\n"));
    }
    throw error;
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await hot.database.dropDatabase();
    await hot.close();
    await log.close();
    await deleteTopics(kafka.bootstrapServers, Object.values(topics));
    await Deno.remove(folder, { recursive: true });
  }
}

function mongoAddress(uri: string, database: string, port?: number): string {
  const address = new URL(uri);
  address.pathname = `/${database}`;
  if (port !== undefined) address.port = `${port}`;
  return address.href;
}

async function deleteTopics(bootstrapServers: string, topics: string[]): Promise<void> {
  const admin = new Kafka({ brokers: bootstrapServers.split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
