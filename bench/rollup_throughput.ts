/**
 * `deno run --allow-all bench/rollup_throughput.ts [--events 500000]`: how many events a second one rollup worker takes from Kafka to MongoDB, on the engines
 * of the running stack or of the environment, beside what the raw client can read without any work in the same run.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { MinuteFold, type Offset, START } from "@countinghouse/core";
import { collections, createSnapshotStore, HotSink, openHotStore, prepareHotStore } from "@countinghouse/hot";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import { createKafkaLog, ensureTopics, fixedAssignment, type KafkaLog, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { simulate } from "@countinghouse/simulate/simulation";

const { values: flags } = parseArgs({
  options: { events: { type: "string", default: "500000" }, partitions: { type: "string", default: "4" } },
});
const events = Number(flags.events);
const partitions = Array.from({ length: Number(flags.partitions) }, (_, partition) => partition);
const settings = loadSettings();
const endpoints = loadEndpoints(settings);
const logger = createLogger("warn");
const run = crypto.randomUUID().slice(0, 8);
const topic = `bench.${run}`;
const kafka = { bootstrapServers: endpoints.kafkaBootstrapServers, clientId: "countinghouse-bench", logger };
const mongo = new URL(endpoints.mongoUri);
mongo.pathname = `/bench_${run}`;

await ensureTopics(kafka, {
  events: topic,
  deadLetters: `${topic}.dead-letter`,
  partitions: partitions.length,
  retentionMs: 3_600_000,
});
const log = createKafkaLog(kafka);
const hot = openHotStore(mongo.href);
await prepareHotStore(hot.database, 3_600_000);
try {
  await fill(log);
  const raw = await timed(() => readAll(log));
  const rolled = await timed(() => rollUp(log));
  const perSecond = (ms: number) => Math.round(events / ms * 1_000);
  console.log(JSON.stringify({
    events,
    partitions: partitions.length,
    raw_client_per_s: perSecond(raw.ms),
    rollup_per_s: perSecond(rolled.ms),
    ratio_to_raw: Math.round(raw.ms / rolled.ms * 1_000) / 1_000,
    raw_client_per_cpu_s: perSecond(raw.cpuMs),
    rollup_per_cpu_s: perSecond(rolled.cpuMs),
    rss_mb: Math.round(Deno.memoryUsage().rss / 1e6),
  }));
} finally {
  await hot.database.dropDatabase();
  await hot.close();
  await log.close();
}

/** Ten minutes of a shop's events, so that minutes close and sessions end as they do in life. */
async function fill(log: KafkaLog): Promise<void> {
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: Date.now() - 600_000,
    rate: events / 600,
    rhythm: false,
    count: events,
    faults: { duplicates: 0.02, disorder: 0.05, late: 0.001, poison: 0.0005 },
  });
  for (let done = false; !done;) {
    const records = [];
    while (records.length < 10_000 && !done) {
      const next = shop.next();
      if (next.done) done = true;
      else records.push({ key: next.value.key, value: next.value.value });
    }
    await log.append(topic, records);
  }
}

/** The limit: the same records through the same client, and nothing done with them. */
async function readAll(log: KafkaLog): Promise<void> {
  const ranges = await log.ranges(topic);
  await Promise.all(ranges.map(async ({ partition, end }) => {
    const stop = new AbortController();
    if (end === START) return;
    for await (const { through } of log.read(topic, partition, START, stop.signal)) {
      if (through >= end) stop.abort();
    }
  }));
}

async function rollUp(log: KafkaLog): Promise<void> {
  const stop = new AbortController();
  const ends = new Map((await log.ranges(topic)).map(({ partition, end }) => [partition, end]));
  const { rollup } = settings;
  const options = foldOptions(settings);
  const sink = new HotSink(hot.database, createSnapshotStore(hot.database, "rollup"), Date.now);
  const write = sink.write.bind(sink);
  sink.write = async (batch) => {
    await write(batch);
    if (batch.through >= (ends.get(batch.partition) ?? START)) ends.delete(batch.partition);
    if (ends.size === 0) stop.abort();
  };
  await runPumps({
    log,
    topic,
    assignment: fixedAssignment(partitions),
    createFold: (partition: number, from: Offset) => new MinuteFold(partition, options, from),
    sink,
    logger,
    tickMs: rollup.tickMs,
    wholeTickMs: 1_000,
    maxPendingRecords: 50_000,
    checkpointIntervalMs: rollup.checkpointIntervalMs,
    drainMs: 0,
    commit: () => Promise.resolve(),
  }, stop.signal);
  const books = await collections(hot.database).partitions.find().toArray();
  const read = books.reduce((sum, { ledger }) => sum + ledger.read, 0);
  if (read !== events) throw new Error(`Cannot trust the run: ${read} of ${events} records are in the books`);
}

/** How long work takes, and how much of it on a processor: what others on the machine take makes only the first longer. */
async function timed(work: () => Promise<void>): Promise<{ ms: number; cpuMs: number }> {
  const startMs = performance.now();
  const before = cpuUsage();
  await work();
  const { user, system } = cpuUsage(before);
  return { ms: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
}
