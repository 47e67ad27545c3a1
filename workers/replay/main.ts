/**
 * `deno task replay`: makes the hot store again from the log.
 *
 * @module
 */
import type { Offset } from "@countinghouse/core";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { createKafkaLog, ensureTopics } from "@countinghouse/log";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import { loadSettings, SettingError } from "@countinghouse/shared/config";
import { loadEndpoints, NoStackError } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ForeignLogError } from "./books.ts";
import { type Command, HELP, parseCommand, UsageError } from "./options.ts";
import { replay } from "./replay.ts";
import { Report } from "./report.ts";

const PROGRESS_EVERY_MS = 2_000;
const DIFFERS = 2;
/** The exit code of an interrupted command, as shells have it. */
const INTERRUPTED = 130;

/** An engine does not answer; a sentence for a person. */
class UnreachableError extends Error {
  override name = "UnreachableError";
}

async function run({ scope, dryRun }: Extract<Command, { do: "replay" }>): Promise<number> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  const { kafkaBootstrapServers: bootstrapServers, mongoUri } = loadEndpoints(settings);
  const signal = shutdownSignal();
  const kafka = { bootstrapServers, clientId: "countinghouse-replay", logger };
  await ensureTopics(kafka, settings.topics).catch((error: Error) => {
    throw new UnreachableError(`Cannot reach Kafka at ${bootstrapServers}: ${error.message}`);
  });
  const hot = openHotStore(mongoUri);
  const log = createKafkaLog(kafka);
  const report = new Report(dryRun, console.log);
  try {
    await prepareHotStore(hot.database, settings.rollup.hotRetentionMs).catch((error: Error) => {
      throw new UnreachableError(`Cannot prepare MongoDB: ${error.message}`);
    });
    const result = await replay({
      log,
      topic: settings.topics.events,
      database: hot.database,
      shadowDatabase: hot.client.db(`${hot.database.databaseName}_replay`),
      fold: foldOptions(settings),
      scope,
      dryRun,
      hotRetentionMs: settings.rollup.hotRetentionMs,
      nowMs: Date.now,
      logger,
      onProgress: progress((partition, through) => logger.info("folding again", { partition, through })),
      onDifference: (difference) => report.difference(difference),
    }, signal);
    report.summary(result);
    const { changed, missing, surplus, unsettled } = result.tally;
    if (unsettled > 0) return 1;
    return dryRun && changed + missing + surplus > 0 ? DIFFERS : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error("interrupted; what was repaired until then is right, and replaying again is harmless");
    return INTERRUPTED;
  } finally {
    await log.close();
    await hot.close();
  }
}

/** Tells how far it is every so often. */
function progress(
  tell: (partition: number, through: Offset) => void,
): (partition: number, through: Offset) => void {
  let toldMs = performance.now();
  return (partition, through) => {
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = performance.now();
    tell(partition, through);
  };
}

const TOLD = [UsageError, UnreachableError, ForeignLogError, SettingError, NoStackError];

async function main(): Promise<number> {
  try {
    const command = parseCommand(Deno.args);
    if (command.do === "replay") return await run(command);
    console.log(HELP);
    return 0;
  } catch (error) {
    const known = TOLD.some((kind) => error instanceof kind);
    console.error(known ? (error as Error).message : error);
    return 1;
  }
}

// An exit, since a broker that does not answer would hold the process.
Deno.exit(await main());
