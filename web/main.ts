import {
  countUniqueEvents,
  createColdStore,
  newestMinute,
  readColdBooks,
  readColdProgress,
  readColdWindows,
} from "@countinghouse/cold";
import { openCollector } from "@countinghouse/collect/open_collector";
import { createConvert, type CurrencyCode } from "@countinghouse/core";
import {
  countHotEvents,
  createMinuteReader,
  listOpenAlarms,
  listRestatements,
  openHotStore,
  readBooks,
  readCohort,
  readContext,
  readDimension,
  startMinuteFeed,
} from "@countinghouse/hot";
import { openLake } from "@countinghouse/lake/open";
import { lakeBooks } from "@countinghouse/lake/books";
import { createKafkaLog, DeadLetterCount } from "@countinghouse/log";
import { reconcileRules } from "@countinghouse/reconcile";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { explainSources } from "./api/explain_sources.ts";
import { warehouseEvents } from "./api/export_source.ts";
import { createHistory } from "./api/history.ts";
import { createLatest } from "./api/latest.ts";
import { eventsInLake } from "./api/ledger.ts";
import { LiveStreams } from "./api/live_streams.ts";
import { readQuality } from "./api/quality_figures.ts";
import { shareAnswer } from "./api/shared_answer.ts";
import { createApp } from "./app.ts";
import { assetUrl, loadAssets } from "./assets.ts";
import { CLIENT_DIR, freshManifest } from "./client_manifest.ts";
import { checkLake } from "./lake_check.ts";
import { checkFeed, checkHotStore, checkLog, checkRollup, checkWarehouse } from "./dependency_checks.ts";

/** Viewers who ask for the ledger within this time share an answer. */
const LEDGER_AGE_MS = 1_000;
const WAREHOUSE_COUNT_AGE_MS = 1_000;
const QUALITY_AGE_MS = 2_000;
/** A first count of very many dead letters takes longer; the next goes on where it was cut off. */
const COUNT_TIMEOUT_MS = 10_000;
/** How long a slow reader may keep an export's connection to the warehouse idle; exports end stalled readers earlier. */
const EXPORT_IDLE_MS = 10 * 60_000;
/** What is under way when the server is told to stop gets so long to end. */
const STOP_MS = 1_000;

const settings = loadSettings();
const { kafkaBootstrapServers, mongoUri, clickhouseUrl, lakeUrl } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const now = Date.now;

// The bundler is loaded where it is needed only: a server whose client is built has no right to run it.
const manifest = await freshManifest() ?? await (await import("./build.ts")).buildClient();
const hot = openHotStore(mongoUri);
const log = createKafkaLog({
  bootstrapServers: kafkaBootstrapServers,
  clientId: "countinghouse-web",
  logger,
});
const warehouse = createColdStore(clickhouseUrl);
const exported = createColdStore(clickhouseUrl, undefined, EXPORT_IDLE_MS);

const lake = openLake(lakeUrl);

const rules = {
  convert: createConvert(),
  reportingCurrency: settings.reportingCurrency as CurrencyCode | undefined,
  allowedLatenessMs: settings.rollup.allowedLatenessMs,
};
const feed = startMinuteFeed(hot.database, {
  rules,
  now,
  onConnection: (connected, reason) => {
    if (connected) logger.info("The live feed follows the hot store", { how: reason });
    else logger.warn("The live feed has lost the hot store", { reason });
  },
});
const streams = new LiveStreams(now);
feed.subscribe((window) => streams.publish(window));

const books = () => readBooks(hot.database);
const deadLetters = new DeadLetterCount(log, settings.topics.deadLetters);
const shared = (ask: () => Promise<number>, maxAgeMs: number) => shareAnswer(ask, maxAgeMs, now);
const reader = createMinuteReader(hot.database, rules);
const history = createHistory({
  hot: reader,
  cold: (asked) => readColdWindows(warehouse, asked),
  coldProgress: (nowMs) => readColdProgress(warehouse, nowMs),
  context: (storeId) => readContext(hot.database, storeId, rules),
  rules,
  hotRetentionMs: settings.rollup.hotRetentionMs,
});
const app = createApp({
  reader,
  history,
  latest: createLatest({
    hot: reader,
    history,
    newestColdMinute: (storeId) => newestMinute(warehouse, storeId),
  }),
  streams,
  isFollowing: () => feed.connected,
  books,
  exportedEvents: warehouseEvents(exported),
  sessions: {
    cohort: (minutes) => readCohort(hot.database, minutes),
    timeoutMs: settings.rollup.sessionTimeoutMs,
  },
  dimension: (dimension, minutes) => readDimension(hot.database, dimension, minutes),
  ledger: {
    deadLetters: shared(() => deadLetters.count(AbortSignal.timeout(COUNT_TIMEOUT_MS)), LEDGER_AGE_MS),
    sinks: {
      hot: shared(() => countHotEvents(hot.database), LEDGER_AGE_MS),
      warehouse: shared(() => countUniqueEvents(warehouse), WAREHOUSE_COUNT_AGE_MS),
      lake: shared(async () => eventsInLake(await lakeBooks(lake), await books()), LEDGER_AGE_MS),
    },
  },
  quality: {
    figures: shareAnswer(
      () =>
        readQuality({
          database: hot.database,
          cold: warehouse,
          books,
          lakeBooks: () => lakeBooks(lake),
        }, now()),
      QUALITY_AGE_MS,
      now,
    ),
    restatements: (query) => listRestatements(hot.database, query),
    alarms: (query) => listOpenAlarms(hot.database, query),
  },
  explain: explainSources(hot.database, warehouse, reconcileRules(settings).dedup),
  checks: {
    kafka: checkLog(log, settings.topics.events),
    mongo: checkHotStore(hot.database),
    clickhouse: checkWarehouse(
      async () => (await readColdBooks(warehouse)).reduce((sum, { held }) => sum + held, 0),
      books,
      now,
    ),
    lake: checkLake({ held: () => lakeBooks(lake), books, now, batchAgeMs: settings.lake.batchAgeMs }),
    rollup: checkRollup(books, now),
    live_feed: checkFeed(() => feed.connected),
  },
  collector: await openCollector({ settings, log, host: settings.webHost, logger }),
  client: {
    script: assetUrl(manifest.script),
    style: assetUrl(manifest.style),
    preload: manifest.preload.map(assetUrl),
  },
  assets: await loadAssets(manifest, CLIENT_DIR),
  now,
  logger,
});

const server = Deno.serve({
  port: settings.port,
  hostname: settings.webHost,
  onListen: ({ port }) => logger.info(`Dashboard and API: http://localhost:${port}`),
}, app.fetch);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Open event streams would keep the server waiting for ever.
  streams.close();
  const ended = Promise.all([
    server.shutdown(),
    feed.close(),
    log.close(),
    warehouse.close(),
    exported.close(),
  ]).then(
    hot.close,
  );
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
  Deno.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
