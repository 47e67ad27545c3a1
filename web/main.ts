import { countUniqueEvents, createColdStore, readColdBooks } from "@countinghouse/cold";
import { createConvert, type CurrencyCode } from "@countinghouse/core";
import {
  countHotEvents,
  createMinuteReader,
  openHotStore,
  readBooks,
  startMinuteFeed,
} from "@countinghouse/hot";
import { createKafkaLog } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { LiveStreams } from "./api/live_streams.ts";
import { shareAnswer } from "./api/shared_answer.ts";
import { createApp } from "./app.ts";
import { assetUrl, loadAssets } from "./assets.ts";
import { CLIENT_DIR, freshManifest } from "./client_manifest.ts";
import { checkFeed, checkHotStore, checkLog, checkRollup, checkWarehouse } from "./dependency_checks.ts";

/** A partition that says it is caught up is believed for so long: a few missed reports of its worker. */
const CAUGHT_UP_TRUST_MS = 30_000;
/** Viewers who ask for the ledger within this time share an answer. */
const LEDGER_AGE_MS = 1_000;
const WAREHOUSE_COUNT_AGE_MS = 1_000;
/** What is under way when the server is told to stop gets so long to end. */
const STOP_MS = 1_000;

const settings = loadSettings();
const { kafkaBootstrapServers, mongoUri, clickhouseUrl } = loadEndpoints(settings);
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

const rules = {
  convert: createConvert(),
  reportingCurrency: settings.reportingCurrency as CurrencyCode | undefined,
  allowedLatenessMs: settings.rollup.allowedLatenessMs,
  caughtUpTrustMs: CAUGHT_UP_TRUST_MS,
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
const shared = (ask: () => Promise<number>, maxAgeMs: number) => shareAnswer(ask, maxAgeMs, now);
const app = createApp({
  reader: createMinuteReader(hot.database, rules),
  streams,
  isFollowing: () => feed.connected,
  books,
  ledger: {
    deadLetters: shared(async () => {
      const ranges = await log.ranges(settings.topics.deadLetters);
      return ranges.reduce((records, { start, end }) => records + end - start, 0);
    }, LEDGER_AGE_MS),
    sinks: {
      hot: shared(() => countHotEvents(hot.database), LEDGER_AGE_MS),
      warehouse: shared(() => countUniqueEvents(warehouse), WAREHOUSE_COUNT_AGE_MS),
      lake: () => Promise.resolve(null),
    },
  },
  checks: {
    kafka: checkLog(log, settings.topics.events),
    mongo: checkHotStore(hot.database),
    clickhouse: checkWarehouse(
      async () => (await readColdBooks(warehouse)).reduce((sum, { held }) => sum + held, 0),
      books,
      now,
    ),
    rollup: checkRollup(books, now),
    live_feed: checkFeed(() => feed.connected),
  },
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
  const ended = Promise.all([server.shutdown(), feed.close(), log.close(), warehouse.close()]).then(
    hot.close,
  );
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
  Deno.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
