import {
  ColdSink,
  type ColdStore,
  createColdStore,
  prepareColdStore,
  readHeads,
  RowFold,
} from "@countinghouse/cold";
import { type CurrencyCode, MinuteFold, type MinuteFoldOptions } from "@countinghouse/core";
import {
  announcePartitions,
  createMinuteReader,
  createSnapshotStore,
  HotSink,
  type HotStore,
  openHotStore,
  prepareHotStore,
  readBooks,
  type WindowRules,
} from "@countinghouse/hot";
import { type Lake, LakeFold, LakeSink, openLake } from "@countinghouse/lake";
import { fixedAssignment, MemoryLog, type NewRecord, type PumpsOptions, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";

export const PARTITIONS = 2;
const DEADLINE_MS = 60_000;
const logger = createLogger("error");
const TOPIC = "events";
const WHOLE_TICK_MS = 200;

/** A record and when it reaches the log. */
export type Sent = NewRecord & { readonly atMs: number };

/** A log in memory, in which an hour takes no time, and the three stores for real; all of one test. */
export interface ReconciledShop {
  readonly hot: HotStore;
  readonly cold: ColdStore;
  readonly lake: Lake;
  readonly fold: MinuteFoldOptions;
  readonly reader: ReturnType<typeof createMinuteReader>;
  /** What a worker process has to have in its environment to work on these stores. */
  readonly environment: Readonly<Record<string, string>>;
  /** Appends records, and waits until every store holds them. */
  take(records: Iterable<Sent>): Promise<void>;
}

/** How readers show minutes here. */
export const RULES: WindowRules = {
  convert: (amount, from, to) => from === to ? amount : undefined,
  reportingCurrency: "EUR" as CurrencyCode,
  allowedLatenessMs: 10 * 60_000,
};

/** Runs a test with stores of its own, which the usual workers fill, and erases them. */
export async function withReconciledShop(
  { startMs, dedup = { horizonMs: 3_600_000, maxIds: 1_000_000 } }: {
    readonly startMs: number;
    readonly dedup?: MinuteFoldOptions["dedup"];
  },
  test: (shop: ReconciledShop) => Promise<void>,
): Promise<void> {
  const endpoints = loadEndpoints(loadSettings());
  const id = `reconcile_${crypto.randomUUID().slice(0, 8)}`;
  const mongo = new URL(endpoints.mongoUri);
  mongo.pathname = `/${id}`;
  const clickhouse = new URL(endpoints.clickhouseUrl);
  clickhouse.pathname = `/${id}`;
  const folder = await Deno.makeTempDir();
  const fold: MinuteFoldOptions = {
    allowedLatenessMs: RULES.allowedLatenessMs,
    maxSkewMs: 5 * 60_000,
    sessionTimeoutMs: 30 * 60_000,
    dedup,
  };
  const hot = openHotStore(mongo.href);
  const cold = createColdStore(clickhouse.href);
  const lake = openLake(`${folder}/lake`);
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  try {
    await prepareHotStore(hot.database, 86_400_000);
    await announcePartitions(hot.database, PARTITIONS);
    await prepareColdStore(cold);
    let nowMs = startMs;
    const log = new MemoryLog({ partitions: PARTITIONS, nowMs: () => nowMs, maxBatchRecords: 500 });
    const common = {
      log,
      topic: TOPIC,
      assignment: fixedAssignment(Array.from({ length: PARTITIONS }, (_, partition) => partition)),
      logger,
      tickMs: 50,
      wholeTickMs: WHOLE_TICK_MS,
      maxPendingRecords: 50_000,
      checkpointIntervalMs: 3_600_000,
      drainMs: 4_000,
      commit: () => Promise.resolve(),
    } satisfies Partial<PumpsOptions<never>>;
    const snapshots = createSnapshotStore(hot.database, "rollup");
    running = Promise.all([
      runPumps({
        ...common,
        createFold: (partition, from) => new MinuteFold(partition, fold, from),
        sink: new HotSink(hot.database, snapshots, Date.now),
      }, stop.signal),
      runPumps({
        ...common,
        createFold: (partition, from) => new RowFold(partition, from),
        sink: new ColdSink(cold),
      }, stop.signal),
      runPumps({
        ...common,
        createFold: (partition, from) => new LakeFold(partition, from),
        sink: new LakeSink(openLake(`${folder}/lake`)),
      }, stop.signal),
    ]);
    running.catch(() => {});
    const ends = async () => new Map((await log.ranges(TOPIC)).map(({ partition, end }) => [partition, end]));
    await test({
      hot,
      cold,
      lake,
      fold,
      reader: createMinuteReader(hot.database, RULES),
      environment: {
        MONGO_URI: mongo.href,
        CLICKHOUSE_URL: clickhouse.href,
        KAFKA_BOOTSTRAP_SERVERS: endpoints.kafkaBootstrapServers,
        LAKE_URL: `${folder}/lake`,
        DEDUP_HORIZON_MS: `${dedup.horizonMs}`,
        DEDUP_MAX_IDS: `${dedup.maxIds}`,
      },
      take: async (records) => {
        for (const { atMs, ...record } of records) {
          nowMs = Math.max(nowMs, atMs);
          await log.append(TOPIC, [record]);
        }
        await until("every store holds all", async () => {
          const books = await readBooks(hot.database);
          const end = await ends();
          const heads = await readHeads(cold);
          const held = await lake.refresh();
          return [...end].every(([partition, at]) =>
            books.find((one) => one.partition === partition)?.through === at &&
            (heads.get(partition) ?? 0) === at && held.position(partition) === at
          );
        });
      },
    });
  } finally {
    stop.abort();
    await running;
    await hot.database.dropDatabase();
    await hot.close();
    await cold.client.command({ query: `DROP DATABASE IF EXISTS ${id} SYNC` });
    await cold.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Waits until a condition is met. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot see within ${DEADLINE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
