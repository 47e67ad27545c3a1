import { createKafkaLog, ensureTopics, type KafkaLog, readRange } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";

const ROOT = new URL("../../", import.meta.url).pathname;
const UP_WITHIN_MS = 20_000;
const PARTITIONS = 2;

/** What is told to a collector that is started. */
export interface StartOptions {
  /** Any free one where left out. */
  readonly port?: number;
  /** On top of those that the supervisor gives it. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running collector. */
export interface CollectorProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What it has said so far. */
  said(): string;
  stop(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Topics and a data folder of one test, and collectors that work with them. */
export interface CollectorRoom {
  readonly log: KafkaLog;
  readonly dataDir: string;
  start(options?: StartOptions): Promise<CollectorProcess>;
  /** Starts one, and ends it when it has said what is expected. */
  untilSaid(options: StartOptions, expected: RegExp): Promise<void>;
  /** All events that are in the log now, in the order of their partitions. */
  events(): Promise<Readonly<Record<string, unknown>>[]>;
  deadLetters(): Promise<{ text: string; headers: Readonly<Record<string, string>> }[]>;
}

/** Runs a test with topics of its own; a collector's way to the broker may be another one than the test's. */
export async function withCollectors(
  test: (room: CollectorRoom) => Promise<void>,
  brokers = loadEndpoints(loadSettings()).kafkaBootstrapServers,
): Promise<void> {
  const id = crypto.randomUUID().slice(0, 8);
  const topics = {
    events: `collect-${id}`,
    deadLetters: `collect-${id}.dead-letter`,
    partitions: PARTITIONS,
    retentionMs: 3_600_000,
  };
  const dataDir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dataDir}/countinghouse.json`, JSON.stringify({ topics }));
  const kafka = { bootstrapServers: brokers, clientId: "countinghouse-test", logger: createLogger("error") };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  const running = new Set<Deno.ChildProcess>();

  function spawn({ port = freePort(), env = {}, flags = [] }: StartOptions): Deno.ChildProcess {
    // As the supervisor starts it: the permissions of its own deno.json, and what it may read.
    const reads = `${dataDir}/countinghouse.json,${dataDir}/keys.json,${dataDir}/secret`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--permission-set",
        `--allow-read=${reads}`,
        ...flags,
        `${ROOT}workers/collect/main.ts`,
      ],
      cwd: dataDir,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: brokers,
        MONGO_URI: "mongodb://not-used",
        CLICKHOUSE_URL: "http://not-used",
        DATA_DIR: dataDir,
        COLLECT_PORT: String(port),
        NO_COLOR: "1",
        ...env,
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    running.add(child);
    child.status.then(() => running.delete(child));
    return child;
  }

  async function start({ port = freePort(), ...options }: StartOptions = {}): Promise<CollectorProcess> {
    const child = spawn({ port, ...options });
    let said = "";
    (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
    })();
    const url = `http://127.0.0.1:${port}`;
    const deadline = performance.now() + UP_WITHIN_MS;
    while (!await answers(url)) {
      if (performance.now() > deadline) throw new Error(`Cannot see the collector up: it said\n${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const stop = async (signal: Deno.Signal) => {
      child.kill(signal);
      return await child.status;
    };
    return { url, port, pid: child.pid, said: () => said, stop };
  }

  async function read(topic: string) {
    const records = [];
    for (const range of await log.ranges(topic)) {
      for await (const record of readRange(log, topic, range, AbortSignal.timeout(30_000))) {
        records.push(record);
      }
    }
    return records;
  }
  const textOf = (value: Uint8Array | null) => new TextDecoder().decode(value ?? new Uint8Array());

  try {
    await test({
      log,
      dataDir,
      start,
      untilSaid: async (options, expected) => {
        const child = spawn(options);
        const deadline = setTimeout(() => child.kill("SIGKILL"), UP_WITHIN_MS);
        let said = "";
        for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
          said += text;
          if (expected.test(said)) break;
        }
        clearTimeout(deadline);
        if (running.has(child)) child.kill("SIGKILL");
        await child.status;
        if (!expected.test(said)) throw new Error(`Cannot see ${expected} in what it said:\n${said}`);
      },
      events: async () => (await read(topics.events)).map(({ value }) => JSON.parse(textOf(value))),
      deadLetters: async () =>
        (await read(topics.deadLetters)).map(({ value, headers }) => ({ text: textOf(value), headers })),
    });
  } finally {
    await Promise.all([...running].map((child) => {
      child.kill("SIGKILL");
      return child.status;
    }));
    await log.close();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** A port that nothing listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
