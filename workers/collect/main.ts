/**
 * The collector: HTTP -> events in the log.
 *
 * @module
 */
import { createKafkaLog, ensureTopics, type Log, retrying } from "@countinghouse/log";
import { keysFile, loadSettings, type Settings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { CollectMetrics } from "./collect_metrics.ts";
import { readKeyFile } from "./key_file.ts";
import { openCollector } from "./open_collector.ts";
import { problemResponse } from "./problem.ts";
import { isLoopback } from "./sender.ts";

/** What is under way when the collector is told to stop gets so long to be acknowledged. */
const STOP_MS = 4_000;
const HEALTH_TIMEOUT_MS = 2_000;

/** The collector may not listen where it was told to. */
class OpenDoorError extends ToldError {
  override name = "OpenDoorError";
}

async function serve(settings: Settings): Promise<void> {
  const { collect: { host, port, ackTimeoutMs }, topics } = settings;
  const { kafkaBootstrapServers: bootstrapServers } = loadEndpoints(settings);
  const logger = createLogger(settings.logLevel);
  const signal = shutdownSignal();
  await refuseOpenDoor(settings);

  const kafka = { bootstrapServers, clientId: "countinghouse-collect", logger };
  await retrying("asking for the topics", logger, signal, () => ensureTopics(kafka, topics));
  const log = createKafkaLog({ ...kafka, appendTimeoutMs: ackTimeoutMs });
  const metrics = new CollectMetrics();
  const app = await openCollector({ settings, log, host, logger, metrics });
  app.get("/health", () => health(log, topics.events));
  app.get(
    "/metrics",
    () => new Response(metrics.text(), { headers: { "content-type": "text/plain; version=0.0.4" } }),
  );
  app.notFound(({ req }) =>
    problemResponse({ status: 404, title: "Not found", detail: `There is nothing at ${req.path}` })
  );

  const server = Deno.serve({
    port,
    hostname: host,
    onListen: (address) =>
      logger.info(`The collector takes events: http://${host}:${address.port}/v1/events`),
  }, app.fetch);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
  await log.close();
}

/** @throws {OpenDoorError} where anybody on a network could send events. */
async function refuseOpenDoor(settings: Settings): Promise<void> {
  const { host } = settings.collect;
  if (isLoopback(host) || (await readKeyFile(keysFile(settings))).length > 0) return;
  throw new OpenDoorError(
    `Cannot listen on ${host} without a write key, since anybody could send events: make one with ` +
      "`deno task keys create --store NAME`, or leave COLLECT_HOST at 127.0.0.1",
  );
}

async function health(log: Log, topic: string): Promise<Response> {
  const ranges = await Promise.race([
    log.ranges(topic).catch(() => undefined),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), HEALTH_TIMEOUT_MS)),
  ]);
  const ok = ranges !== undefined;
  return Response.json({ ok, kafka: ok ? "ok" : "does not answer" }, { status: ok ? 200 : 503 });
}

try {
  await serve(loadSettings());
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof ToldError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
