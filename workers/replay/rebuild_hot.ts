import { MINUTE_MS, type Offset } from "@countinghouse/core";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { LakeRecordLog, openLake } from "@countinghouse/lake";
import { type Log, openLog } from "@countinghouse/log";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import type { Settings } from "@countinghouse/shared/config";
import type { Endpoints } from "@countinghouse/shared/endpoints";
import type { Logger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { DIFFERS, FAILED, WELL } from "./exit_code.ts";
import type { Command } from "./options.ts";
import { progress } from "./progress.ts";
import { runInMs } from "./rebuildable.ts";
import { replay } from "./replay.ts";
import { isCut, Report } from "./report.ts";

/** Makes the hot store again, and tells what it finds; answers the exit code. */
export async function rebuildHot(
  { source, scope, dryRun }: Extract<Command, { do: "rebuild hot" }>,
  settings: Settings,
  { kafkaBootstrapServers, mongoUri, lakeUrl }: Endpoints,
  logger: Logger,
  signal: AbortSignal,
): Promise<number> {
  const fold = foldOptions(settings);
  const topic = settings.topics.events;
  const log = await openLog("countinghouse-replay", kafkaBootstrapServers, settings.topics, logger);
  const hot = openHotStore(mongoUri);
  const report = new Report({ dryRun, scope }, console.log);
  const fromLake = (fromMs: number): Log => {
    const sinceMs = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS - runInMs(fold);
    return new LakeRecordLog({ lake: openLake(lakeUrl), log, topic, sinceMs });
  };
  try {
    await prepareHotStore(hot.database, settings.rollup.hotRetentionMs).catch((error: Error) => {
      throw new ToldError(`Cannot prepare MongoDB: ${error.message}`);
    });
    const result = await replay({
      log: source === "lake" && scope !== undefined ? fromLake(scope.fromMs) : log,
      topic,
      database: hot.database,
      shadowDatabase: hot.client.db(`${hot.database.databaseName}_replay`),
      fold,
      scope,
      dryRun,
      hotRetentionMs: settings.rollup.hotRetentionMs,
      nowMs: Date.now,
      logger,
      onProgress: progress((partition: number, through: Offset) =>
        logger.info("folding again", { partition, through })
      ),
      onDifference: (difference) => report.difference(difference),
    }, signal);
    report.summary(result);
    const { changed, missing, surplus, unsettled } = result.tally;
    const isIncomplete = scope !== undefined &&
      [...result.partitions.values()].some(({ rebuildableFromMs }) => isCut(scope, rebuildableFromMs));
    if (unsettled > 0 || isIncomplete) return FAILED;
    return dryRun && changed + missing + surplus > 0 ? DIFFERS : WELL;
  } finally {
    await log.close();
    await hot.close();
  }
}
