/**
 * The warehouse worker: events of the log -> rows in ClickHouse.
 *
 * @module
 */
import { ColdSink, createColdStore, prepareColdStore, RowFold } from "@countinghouse/cold";
import { createKafkaLog, ensureTopics, fixedAssignment, retrying, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";

const DRAIN_MS = 4_000;

const settings = loadSettings();
const { topics, warehouse } = settings;
const { kafkaBootstrapServers: bootstrapServers, clickhouseUrl } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const signal = shutdownSignal();

const kafka = { bootstrapServers, clientId: "countinghouse-warehouse", logger };
const { partitions } = await retrying(
  "asking for the topics",
  logger,
  signal,
  () => ensureTopics(kafka, topics),
);
const cold = createColdStore(clickhouseUrl);
await retrying("preparing ClickHouse", logger, signal, () => prepareColdStore(cold));
const log = createKafkaLog(kafka);

try {
  await runPumps({
    log,
    topic: topics.events,
    assignment: fixedAssignment(Array.from({ length: partitions }, (_, partition) => partition)),
    createFold: (partition, from) => new RowFold(partition, from),
    sink: new ColdSink(cold),
    logger,
    tickMs: warehouse.batchAgeMs,
    wholeTickMs: warehouse.batchAgeMs,
    maxPendingRecords: warehouse.batchRows,
    checkpointIntervalMs: Infinity,
    drainMs: DRAIN_MS,
    commit: (positions) => log.commit("countinghouse-warehouse", topics.events, positions),
  }, signal);
} finally {
  await log.close();
  await cold.close();
}
