/**
 * The warehouse worker: events of the log -> rows in ClickHouse.
 *
 * @module
 */
import { ColdSink, createColdStore, prepareColdStore, RowFold } from "@countinghouse/cold";
import { LeaseAssignment, openHotStore, prepareHotStore } from "@countinghouse/hot";
import { createKafkaLog, ensureTopics, retrying, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { batchAgeMs } from "./batch_age.ts";
import { keepRollupsFresh } from "./rollup_refresher.ts";

const DRAIN_MS = 4_000;
/** Between two refreshes of the rollups; a minute is rolled up when it is over for so long. */
const REFRESH_PAUSE_MS = 5_000;

const settings = loadSettings();
const { topics, rollup, warehouse } = settings;
const { kafkaBootstrapServers: bootstrapServers, mongoUri, clickhouseUrl } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const signal = shutdownSignal();
const workerId = crypto.randomUUID();

const kafka = { bootstrapServers, clientId: "countinghouse-warehouse", logger };
const { partitions } = await retrying(
  "asking for the topics",
  logger,
  signal,
  () => ensureTopics(kafka, topics),
);
const cold = createColdStore(clickhouseUrl);
await retrying("preparing ClickHouse", logger, signal, () =>
  prepareColdStore(cold, {
    maxSkewMs: rollup.maxSkewMs,
    allowedLatenessMs: rollup.allowedLatenessMs,
    retentionMs: warehouse.retentionMs ?? null,
  }));
// For the leases only: workers of a kind share the partitions.
const hot = openHotStore(mongoUri);
await retrying(
  "preparing MongoDB",
  logger,
  signal,
  () => prepareHotStore(hot.database, rollup.hotRetentionMs),
);
const share = (group: string, partitions: number) =>
  new LeaseAssignment({
    database: hot.database,
    group,
    worker: settings.workerName ?? workerId,
    partitions,
    ttlMs: rollup.leaseMs,
    nowMs: Date.now,
    logger,
  });
const log = createKafkaLog(kafka);

const refreshing = keepRollupsFresh({
  store: cold,
  assignment: share("warehouse-rollups", 1),
  logger,
  now: Date.now,
  pauseMs: REFRESH_PAUSE_MS,
}, signal);

try {
  await runPumps({
    log,
    topic: topics.events,
    assignment: share("warehouse", partitions),
    createFold: (partition, from) => new RowFold(partition, from),
    sink: new ColdSink(cold),
    logger,
    tickMs: warehouse.batchAgeMs,
    busyTickMs: (recordsPerSecond) => batchAgeMs(recordsPerSecond, warehouse.batchAgeMs),
    wholeTickMs: warehouse.batchAgeMs,
    maxPendingRecords: warehouse.batchRows,
    checkpointIntervalMs: Infinity,
    drainMs: DRAIN_MS,
    commit: (positions) => log.commit("countinghouse-warehouse", topics.events, positions),
  }, signal);
} finally {
  await refreshing;
  await log.close();
  await cold.close();
  await hot.close();
}
