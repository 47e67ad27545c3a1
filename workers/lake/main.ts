/**
 * The lake worker: events of the log -> Parquet files.
 *
 * @module
 */
import { LeaseAssignment, openHotStore, prepareHotStore } from "@countinghouse/hot";
import { LakeFold, LakeSink, openLake } from "@countinghouse/lake";
import { createKafkaLog, ensureTopics, retrying, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { keepLake, whenInTurn } from "./upkeep.ts";

const DRAIN_MS = 4_000;
/** At most so many rows become one file by compaction: some 300 MB of memory on top. */
const COMPACTED_ROWS = 500_000;
/** The pause between two rounds of upkeep, unless batches are rarer than that. */
const LONGEST_UPKEEP_PAUSE_MS = 30_000;

const settings = loadSettings();
const { topics, lake: { batchRows, batchAgeMs, compactionQuietMs }, rollup: { leaseMs, hotRetentionMs } } =
  settings;
const { kafkaBootstrapServers: bootstrapServers, mongoUri, lakeUrl } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const signal = shutdownSignal();

const kafka = { bootstrapServers, clientId: "countinghouse-lake", logger };
const { partitions } = await retrying(
  "asking for the topics",
  logger,
  signal,
  () => ensureTopics(kafka, topics),
);
const log = createKafkaLog(kafka);
const hot = openHotStore(mongoUri);
await retrying("preparing MongoDB", logger, signal, () => prepareHotStore(hot.database, hotRetentionMs));
const lake = openLake(lakeUrl);
const worker = settings.workerName ?? crypto.randomUUID();
const shareOf = (group: string, partitions: number) =>
  new LeaseAssignment({
    database: hot.database,
    group,
    worker,
    partitions,
    ttlMs: leaseMs,
    nowMs: Date.now,
    logger,
  });
const upkeep = {
  lake,
  compaction: { nowMs: Date.now, quietMs: compactionQuietMs, maxRows: COMPACTED_ROWS },
  intervalMs: Math.min(LONGEST_UPKEEP_PAUSE_MS, Math.max(batchAgeMs, compactionQuietMs)),
  logger,
};

try {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const kept = whenInTurn(shareOf("lake-upkeep", 1), (signal) => keepLake(upkeep, signal), until);
  try {
    await runPumps({
      log,
      topic: topics.events,
      assignment: shareOf("lake", partitions),
      createFold: (partition, from) => new LakeFold(partition, from),
      sink: new LakeSink(lake),
      logger,
      tickMs: batchAgeMs,
      wholeTickMs: batchAgeMs,
      maxPendingRecords: batchRows,
      checkpointIntervalMs: Infinity,
      drainMs: DRAIN_MS,
      commit: (positions) => log.commit("countinghouse-lake", topics.events, positions),
    }, signal);
  } finally {
    ended.abort();
    await kept;
  }
} finally {
  await log.close();
  await hot.close();
}
