/**
 * The rollup worker: events of the log -> minutes in MongoDB.
 *
 * @module
 */
import { MinuteFold } from "@countinghouse/core";
import {
  announcePartitions,
  createSnapshotStore,
  HotSink,
  LeaseAssignment,
  openHotStore,
  prepareHotStore,
} from "@countinghouse/hot";
import { createKafkaLog, deadLetterWriter, ensureTopics, retrying, runPumps } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { foldOptions } from "./fold_options.ts";
import { RollupSink } from "./rollup_sink.ts";

/** How many records may wait for MongoDB before reading stops. */
const MAX_PENDING_RECORDS = 50_000;
/** How often cohorts are written; minutes are written every tick. */
const WHOLE_TICK_MS = 1_000;

const settings = loadSettings();
const { topics, rollup } = settings;
const { kafkaBootstrapServers: bootstrapServers, mongoUri } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const signal = shutdownSignal();

const kafka = { bootstrapServers, clientId: "countinghouse-rollup", logger };
const hot = openHotStore(mongoUri);
const [{ partitions }] = await Promise.all([
  retrying("asking for the topics", logger, signal, () => ensureTopics(kafka, topics)),
  retrying(
    "preparing MongoDB",
    logger,
    signal,
    () => prepareHotStore(hot.database, rollup.hotRetentionMs),
  ),
]);
await retrying(
  "announcing the partitions",
  logger,
  signal,
  () => announcePartitions(hot.database, partitions),
);
const log = createKafkaLog(kafka);
const minutes = new HotSink(hot.database, createSnapshotStore(hot.database, "rollup"), Date.now);
const assignment = new LeaseAssignment({
  database: hot.database,
  group: "rollup",
  worker: settings.workerName ?? crypto.randomUUID(),
  partitions,
  ttlMs: rollup.leaseMs,
  nowMs: Date.now,
  logger,
});
// The dead letters are still looked up while the last writes drain.
const ended = new AbortController();

try {
  await runPumps({
    log,
    topic: topics.events,
    assignment,
    createFold: (partition, from) => new MinuteFold(partition, foldOptions(settings), from),
    sink: new RollupSink(topics.events, minutes, deadLetterWriter(log, topics.deadLetters, ended.signal)),
    logger,
    tickMs: rollup.tickMs,
    wholeTickMs: WHOLE_TICK_MS,
    maxPendingRecords: MAX_PENDING_RECORDS,
    checkpointIntervalMs: rollup.checkpointIntervalMs,
    checkpointRecords: rollup.checkpointRecords,
    drainMs: rollup.drainMs,
    commit: (positions) => log.commit("countinghouse-rollup", topics.events, positions),
  }, signal);
} finally {
  ended.abort();
  await log.close();
  await hot.close();
}
