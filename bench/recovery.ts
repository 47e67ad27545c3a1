/**
 * `deno run --allow-all bench/recovery.ts [--rate 2000] [--rounds 10] [--partitions 4]`: how many seconds after a
 * kill -9 of the rollup worker its numbers are current again, under a steady load, on the engines of the running
 * stack or of the environment. Topic and database are its own.
 *
 * The worker is a process as a stack starts it, and a stack's supervisor starts it again. Its numbers are current
 * again when in every partition MongoDB holds events that were appended after the new process was started, and what
 * it does not hold was appended less than a second ago.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { type ProcessSpec, type SupervisedProcess, Supervisor } from "@countinghouse/infra/supervisor";
import { processesOf, workers } from "@countinghouse/infra/worker";
import { createKafkaLog, ensureTopics, pause } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { isCurrent, RecoveryProbe } from "./recovery_probe.ts";
import { startSteadyLoad } from "./steady_load.ts";

/** A kill comes after so long a time of normal work: anywhere between two snapshots, and never in a row of deaths. */
const LEAST_WORK_MS = 11_000;
const MOST_WORK_MS = 31_000;
const GIVE_UP_MS = 60_000;

/** One recovery: seconds after the kill, one after the other. */
interface Round {
  /** The supervisor has started a new process. */
  readonly started: number;
  /** The worker reads all its partitions. */
  readonly reading: number;
  /** MongoDB holds something new of every partition. */
  readonly written: number;
  readonly current: number;
  /** Events that were waiting when the worker began to read. */
  readonly waiting_events: number;
}

const { values: flags } = parseArgs({
  options: {
    rate: { type: "string", default: "2000" },
    rounds: { type: "string", default: "10" },
    partitions: { type: "string", default: "4" },
  },
});
const [rate, rounds, partitions] = [flags.rate, flags.rounds, flags.partitions].map(Number) as [
  number,
  number,
  number,
];
const settings = loadSettings();
const run = crypto.randomUUID().slice(0, 8);
const topics = { events: `bench.${run}`, deadLetters: `bench.${run}.dead-letter`, partitions };
const endpoints = loadEndpoints(settings);
const mongoUri = new URL(endpoints.mongoUri);
mongoUri.pathname = `/bench_${run}`;
const kafka = {
  bootstrapServers: endpoints.kafkaBootstrapServers,
  clientId: "countinghouse-bench",
  logger: createLogger("warn"),
};
const folder = await Deno.makeTempDir();
const stopped = shutdownSignal();
/** Aborts when the benchmark is told to stop, or something takes too long. */
const within = (ms: number) => AbortSignal.any([stopped, AbortSignal.timeout(ms)]);
/** What the worker said, and when. */
const said: { readonly atMs: number; readonly line: string }[] = [];

await ensureTopics(kafka, { ...topics, retentionMs: 3_600_000 });
const log = createKafkaLog(kafka);
const hot = openHotStore(mongoUri.href);
await prepareHotStore(hot.database, 3_600_000);
const probe = new RecoveryProbe(log, topics.events, hot.database);
const supervisor = await Supervisor.open({
  runDir: folder,
  say: (_name, line) => void said.push({ atMs: performance.now(), line }),
});
const load = startSteadyLoad(log, topics.events, rate);
try {
  const worker = supervisor.group(5_000).start(workerSpec());
  const found: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    await workNormally();
    found.push(await recovery(worker));
    console.error(`round ${round} of ${rounds}: ${JSON.stringify(found.at(-1))}`);
  }
  console.log(JSON.stringify(summary(found), null, 2));
} finally {
  await supervisor.stop();
  await load.stop();
  await hot.database.dropDatabase();
  await hot.close();
  await log.close();
  await Deno.remove(folder, { recursive: true });
}

/** The rollup worker as a stack starts it, with topics and a database of its own. */
function workerSpec(): ProcessSpec {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const rollup = workers(settings).find(({ name }) => name === "rollup")!;
  const [spec] = processesOf({ ...rollup, copies: 1 }, {
    root,
    dataDir: folder,
    endpoints: { ...endpoints, mongoUri: mongoUri.href },
    webPort: settings.port,
    logLevel: "info",
    ownEngines: new Set(),
  });
  return {
    ...spec!,
    env: {
      ...spec!.env,
      EVENTS_TOPIC: topics.events,
      DEAD_LETTERS_TOPIC: topics.deadLetters,
      PARTITIONS: `${partitions}`,
    },
    logFile: `${folder}/rollup.log`,
  };
}

async function workNormally(): Promise<void> {
  const lastMs = performance.now() + LEAST_WORK_MS + Math.random() * (MOST_WORK_MS - LEAST_WORK_MS);
  const giveUp = within(MOST_WORK_MS + GIVE_UP_MS);
  const start = await probe.look();
  await probe.until(
    ({ atMs, ...look }) => atMs >= lastMs && isCurrent({ atMs, ...look }, start.ends),
    giveUp,
  );
}

async function recovery(worker: SupervisedProcess): Promise<Round> {
  const giveUp = within(GIVE_UP_MS);
  const { pid } = worker;
  const killedMs = performance.now();
  worker.kill("SIGKILL");
  while (worker.pid === pid || worker.pid === undefined) await pause(1, giveUp);
  const startedMs = performance.now();
  const { ends, stored } = await probe.look();
  let waiting = 0;
  let writtenMs: number | undefined;
  const currentMs = await probe.until((look) => {
    const reading = readingSince(killedMs);
    if (reading.length < partitions) waiting = sum(look.ends) - sum(look.stored);
    const hasWritten = [...stored].every(([partition, through]) => look.stored.get(partition)! > through);
    if (hasWritten) writtenMs ??= look.atMs;
    return isCurrent(look, ends);
  }, giveUp);
  const seconds = (atMs: number) => Math.round(atMs - killedMs) / 1_000;
  return {
    started: seconds(startedMs),
    reading: seconds(readingSince(killedMs).at(-1)!.atMs),
    written: seconds(writtenMs!),
    current: seconds(currentMs),
    waiting_events: waiting,
  };
}

/** Each line by which the worker has said since then that it reads a partition. */
function readingSince(sinceMs: number) {
  return said.filter(({ atMs, line }) => atMs > sinceMs && line.startsWith("reading topic="));
}

function summary(found: readonly Round[]) {
  const median = (figure: (round: Round) => number) => {
    const sorted = found.map(figure).sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  };
  const current = found.map((round) => round.current);
  return {
    events_per_s: rate,
    partitions,
    seconds_until_current: {
      each: current,
      median: median((round) => round.current),
      worst: Math.max(...current),
    },
    median_of_phases: {
      started: median(({ started }) => started),
      reading: median(({ reading }) => reading),
      written: median(({ written }) => written),
    },
    cores: navigator.hardwareConcurrency,
    load_average: Deno.loadavg(),
  };
}

function sum(positions: ReadonlyMap<number, number>): number {
  return [...positions.values()].reduce((total, offset) => total + offset, 0);
}
