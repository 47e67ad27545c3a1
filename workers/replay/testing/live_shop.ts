import { BSON } from "mongodb";
import { MinuteFold, type MinuteFoldOptions, type Offset } from "@countinghouse/core";
import {
  collections,
  createSnapshotStore,
  HotSink,
  type HotStore,
  LeaseAssignment,
  openHotStore,
  prepareHotStore,
} from "@countinghouse/hot";
import {
  createKafkaLog,
  deadLetterWriter,
  ensureTopics,
  type Log,
  MemoryLog,
  type NewRecord,
  runPumps,
} from "@countinghouse/log";
import { RollupSink } from "@countinghouse/rollup/sink";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { simulate } from "@countinghouse/simulate/simulation";
import { replay, type ReplayResult } from "../replay.ts";
import type { Difference } from "../rebuild_windows.ts";
import type { Scope } from "../scope.ts";
import { KINDS } from "../window_documents.ts";

export const START_MS = Date.parse("2026-03-01T12:00:00Z");
export const PARTITIONS = 2;
const LEASE_MS = 600;
const DEADLINE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The minutes of a test lie at a fixed time, which may be long ago. */
export const RETENTION_MS = 3_650 * DAY_MS;
const logger = createLogger("error");

/** Settings of the fold that make a short log do everything: close, let go, read back, forget. */
export const FOLD: MinuteFoldOptions = {
  allowedLatenessMs: 5 * 60_000,
  maxSkewMs: 5 * 60_000,
  sessionTimeoutMs: 10 * 60_000,
  dedup: { horizonMs: 20 * 60_000, maxIds: 100_000 },
  hotRetentionMs: RETENTION_MS,
  closedMinutesKept: 10,
};

/** A shop's records: duplicates, late and poison ones among them. Two stores, a record a second, in order. */
export function* shopRecords(
  { seconds, startMs = START_MS, seed = 1 }: { seconds: number; startMs?: number; seed?: number },
): Generator<NewRecord & { readonly atMs: number }> {
  const faults = { duplicates: 0.05, disorder: 0.1, late: 0.03, poison: 0.01 };
  const of = (storeId: string) =>
    simulate({ seed, storeId, startMs, rate: 0.5, rhythm: false, seconds, faults });
  const other = of("nord");
  for (const { key, value, intendedMs } of of("default")) {
    yield { key, value, atMs: intendedMs };
    const next = other.next();
    if (!next.done) yield { key: next.value.key, value: next.value.value, atMs: next.value.intendedMs };
  }
}

/** A log, a hot store of its own, and workers that fold the one into the other. */
export class LiveShop {
  constructor(
    readonly log: Log,
    readonly topic: string,
    readonly store: HotStore,
    readonly address: string,
    readonly fold: MinuteFoldOptions,
  ) {}

  /** Starts a worker as the rollup's; answers how to stop it. */
  startWorker(): () => Promise<void> {
    const { log, topic, store: { database } } = this;
    const stop = new AbortController();
    const sink = new HotSink(database, createSnapshotStore(database, "rollup"), Date.now);
    const running = runPumps({
      log,
      topic,
      assignment: new LeaseAssignment({
        database,
        group: "rollup",
        worker: "a",
        partitions: PARTITIONS,
        ttlMs: LEASE_MS,
        nowMs: Date.now,
        logger,
      }),
      createFold: (partition, from) => new MinuteFold(partition, this.fold, from),
      sink: new RollupSink(topic, sink, deadLetterWriter(log, `${topic}.dead-letter`, stop.signal)),
      logger,
      tickMs: 250,
      wholeTickMs: 500,
      maxPendingRecords: 5_000,
      checkpointIntervalMs: 1_000,
      drainMs: 4_000,
      commit: () => Promise.resolve(),
    }, stop.signal);
    return () => (stop.abort(), running);
  }

  /** Runs a worker until it has taken everything in, and stops it. */
  async catchUp(): Promise<void> {
    const stop = this.startWorker();
    await this.caughtUp();
    await stop();
  }

  /** Waits until everything is taken in. */
  async caughtUp(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    const { partitions } = collections(this.store.database);
    for (;;) {
      const books = new Map((await partitions.find().toArray()).map(({ _id, through }) => [_id, through]));
      const ranges = await this.log.ranges(this.topic);
      if (ranges.every(({ partition, end }) => books.get(partition) === end)) return;
      if (performance.now() > deadline) {
        throw new Error(`Cannot wait any longer: the worker is at ${JSON.stringify([...books])}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Replays; answers the result, and the differences as "kind id: finding". */
  async replay(
    { scope, dryRun = false, fold = this.fold, log = this.log }: {
      scope?: Scope;
      dryRun?: boolean;
      fold?: MinuteFoldOptions;
      log?: Log;
    } = {},
  ): Promise<ReplayResult & { readonly found: readonly string[] }> {
    const { client, database } = this.store;
    const found: string[] = [];
    const result = await replay({
      log,
      topic: this.topic,
      database,
      shadowDatabase: client.db(`${database.databaseName}_replay`),
      fold,
      scope,
      dryRun,
      hotRetentionMs: RETENTION_MS,
      nowMs: Date.now,
      logger,
      onProgress: () => {},
      onDifference: ({ kind, id, finding }: Difference) => found.push(`${kind} ${id}: ${finding}`),
    }, AbortSignal.timeout(DEADLINE_MS));
    return { ...result, found };
  }

  /** Every document's bytes by name: of the books what the log decides, of the rest everything. */
  async dump(): Promise<ReadonlyMap<string, string>> {
    const all = collections(this.store.database);
    const dump = new Map<string, string>();
    const add = (kind: string, id: string | number, document: object) =>
      dump.set(`${kind} ${id}`, BSON.serialize(document).toBase64());
    for (const kind of KINDS) {
      for await (const document of all[kind].find().sort({ _id: 1 })) add(kind, document._id, document);
    }
    for await (const store of all.stores.find().sort({ _id: 1 })) add("stores", store._id, store);
    for await (const { _id, through, watermark, ledger } of all.partitions.find().sort({ _id: 1 })) {
      add("partitions", _id, { through, watermark, ledger });
    }
    return dump;
  }
}

async function withStore(test: (store: HotStore, address: string) => Promise<void>): Promise<void> {
  const address = new URL(loadEndpoints(loadSettings()).mongoUri);
  address.pathname = `/test_${crypto.randomUUID().slice(0, 8)}`;
  const store = openHotStore(address.href);
  try {
    await prepareHotStore(store.database, RETENTION_MS);
    await test(store, address.href);
  } finally {
    await store.database.dropDatabase();
    await store.close();
  }
}

/** Runs a test with a log in memory, in which an hour takes no time, and a real hot store. */
export async function withMemoryShop(
  test: (
    shop: LiveShop & { log: MemoryLog },
    send: (records: Iterable<Sent>) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  let nowMs = START_MS;
  const log = new MemoryLog({ partitions: PARTITIONS, nowMs: () => nowMs, maxBatchRecords: 400 });
  const send = async (records: Iterable<Sent>) => {
    for (const { atMs, ...record } of records) {
      nowMs = Math.max(nowMs, atMs);
      await log.append("events", [record]);
    }
  };
  await withStore((store, address) =>
    test(new LiveShop(log, "events", store, address, FOLD) as LiveShop & { log: MemoryLog }, send)
  );
}

type Sent = NewRecord & { readonly atMs: number };

/** Runs a test with topics of its own on the real Kafka, and a real hot store. */
export async function withKafkaShop(test: (shop: LiveShop) => Promise<void>): Promise<void> {
  const { kafkaBootstrapServers: bootstrapServers } = loadEndpoints(loadSettings());
  const topic = `events-${crypto.randomUUID().slice(0, 8)}`;
  const kafka = { bootstrapServers, clientId: "countinghouse-test", logger };
  const deadLetters = `${topic}.dead-letter`;
  await ensureTopics(kafka, { events: topic, deadLetters, partitions: PARTITIONS, retentionMs: DAY_MS });
  const log = createKafkaLog(kafka);
  const { closedMinutesKept: _, ...fold } = FOLD;
  try {
    await withStore((store, address) => test(new LiveShop(log, topic, store, address, fold)));
  } finally {
    await log.close();
  }
}

/** The end of a partition of a shop's log. */
export async function endOf({ log, topic }: LiveShop, partition: number): Promise<Offset> {
  return (await log.ranges(topic))[partition]!.end;
}
