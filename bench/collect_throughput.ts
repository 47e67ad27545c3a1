/**
 * `deno run --allow-all bench/collect_throughput.ts [--seconds 10] [--senders 32]`: how many events a second the
 * collector takes in batches of 50, on one core (with taskset, where there is one), until Kafka has acknowledged them;
 * and how long a request takes at half of that rate. On the Kafka of the running stack or of the environment.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ensureTopics } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { sampleEvents } from "./sample_event.ts";

const BATCH = 50;
const BODIES = 200;
const WARM_UP_MS = 3_000;
const { values: flags } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, senders: { type: "string", default: "32" } },
});
const runMs = Number(flags.seconds) * 1_000;
const senders = Number(flags.senders);

const { kafkaBootstrapServers } = loadEndpoints(loadSettings());
const run = crypto.randomUUID().slice(0, 8);
const topics = {
  events: `bench.${run}`,
  deadLetters: `bench.${run}.dead-letter`,
  partitions: 4,
  retentionMs: 3_600_000,
};
const kafka = {
  bootstrapServers: kafkaBootstrapServers,
  clientId: "countinghouse-bench",
  logger: createLogger("warn"),
};
const events = sampleEvents(BATCH * BODIES);
const bodies = Array.from({ length: BODIES }, (_, at) => `[${events.slice(at * BATCH, (at + 1) * BATCH)}]`);
let next = 0;

const folder = await Deno.makeTempDir();
await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics }));
await ensureTopics(kafka, topics);
const port = freePort();
const isPinned = await hasTaskset();
const collector = startCollector();
const url = `http://127.0.0.1:${port}/v1/events`;
try {
  await untilUp();
  await closedLoop(WARM_UP_MS);
  const before = await cpuSeconds();
  const loadBefore = Deno.loadavg()[0];
  const full = await closedLoop(runMs);
  const cpu = await cpuSeconds() - before;
  const half = await openLoop(full.eventsPerSecond / 2, runMs);
  console.log(JSON.stringify({
    batch: BATCH,
    one_core: isPinned,
    load_average_before: round(loadBefore),
    load_average: round(Deno.loadavg()[0]),
    events_per_s: Math.round(full.eventsPerSecond),
    collector_cpu_share: round(cpu / (runMs / 1_000)),
    p50_ms: round(percentile(full.latenciesMs, 0.5)),
    p95_ms: round(percentile(full.latenciesMs, 0.95)),
    at_half: {
      events_per_s: Math.round(half.eventsPerSecond),
      p50_ms: round(percentile(half.latenciesMs, 0.5)),
      p95_ms: round(percentile(half.latenciesMs, 0.95)),
    },
  }));
} finally {
  collector.kill("SIGTERM");
  await collector.status;
  await Deno.remove(folder, { recursive: true });
}

interface Measured {
  readonly eventsPerSecond: number;
  readonly latenciesMs: number[];
}

/** As fast as it goes: each sender waits for its answer and sends the next. */
async function closedLoop(forMs: number): Promise<Measured> {
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  await Promise.all(Array.from({ length: senders }, async () => {
    while (performance.now() - startMs < forMs) latenciesMs.push(await send(performance.now()));
  }));
  return { eventsPerSecond: rate(latenciesMs.length, performance.now() - startMs), latenciesMs };
}

/** At a rate, whatever the answers do; a request's time counts from when it was due. */
async function openLoop(eventsPerSecond: number, forMs: number): Promise<Measured> {
  const everyMs = 1_000 * BATCH / eventsPerSecond;
  const startMs = performance.now();
  const underWay: Promise<number>[] = [];
  for (let dueMs = startMs; dueMs < startMs + forMs; dueMs += everyMs) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    underWay.push(send(dueMs));
  }
  const latenciesMs = await Promise.all(underWay);
  return { eventsPerSecond: rate(latenciesMs.length, performance.now() - startMs), latenciesMs };
}

async function send(fromMs: number): Promise<number> {
  const response = await fetch(url, { method: "POST", body: bodies[next++ % BODIES]! });
  await response.body?.cancel();
  if (response.status !== 202) throw new Error(`Cannot measure: the collector answered ${response.status}`);
  return performance.now() - fromMs;
}

function startCollector(): Deno.ChildProcess {
  const main = new URL("../workers/collect/main.ts", import.meta.url).pathname;
  const command = [Deno.execPath(), "run", "--quiet", "--allow-all", main];
  const [program, ...args] = isPinned ? ["taskset", "-c", "0", ...command] : command;
  return new Deno.Command(program!, {
    args,
    cwd: folder,
    env: {
      KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
      MONGO_URI: "mongodb://not-used",
      CLICKHOUSE_URL: "http://not-used",
      DATA_DIR: folder,
      COLLECT_PORT: String(port),
      COLLECT_EVENTS_PER_SECOND: "1000000",
      LOG_LEVEL: "warn",
    },
    stdin: "null",
  }).spawn();
}

async function untilUp(): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const status = await fetch(`http://127.0.0.1:${port}/health`).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    }, () => 0);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("Cannot measure: the collector is not up");
}

async function hasTaskset(): Promise<boolean> {
  try {
    return (await new Deno.Command("taskset", { args: ["-V"] }).output()).success;
  } catch {
    return false;
  }
}

/** Processor time of the collector so far, all threads, in ticks of a hundredth of a second; Linux only. */
async function cpuSeconds(): Promise<number> {
  try {
    const stat = await Deno.readTextFile(`/proc/${collector.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function rate(requests: number, ms: number): number {
  return requests * BATCH / ms * 1_000;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function round(value: number | undefined): number {
  return Math.round((value ?? NaN) * 100) / 100;
}
