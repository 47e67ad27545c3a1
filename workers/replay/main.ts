/**
 * `deno task replay`: makes the hot store again from the log.
 *
 * @module
 */
import type { Offset } from "@countinghouse/core";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { openLog } from "@countinghouse/log";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { type Command, HELP, parseCommand } from "./options.ts";
import { replay } from "./replay.ts";
import { Report } from "./report.ts";

const PROGRESS_EVERY_MS = 2_000;
const FAILED = 1;
const DIFFERS = 2;
/** The exit code of an interrupted command, as shells have it. */
const INTERRUPTED = 130;

async function run({ scope, dryRun }: Extract<Command, { do: "replay" }>): Promise<number> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  const { kafkaBootstrapServers: bootstrapServers, mongoUri } = loadEndpoints(settings);
  const signal = shutdownSignal();
  const log = await openLog("countinghouse-replay", bootstrapServers, settings.topics, logger);
  const hot = openHotStore(mongoUri);
  const report = new Report(dryRun, console.log);
  try {
    await prepareHotStore(hot.database, settings.rollup.hotRetentionMs).catch((error: Error) => {
      throw new ToldError(`Cannot prepare MongoDB: ${error.message}`);
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

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command.do === "replay") return await run(command);
  console.log(HELP);
  return 0;
}, FAILED);
