/**
 * `deno task erase`: forgets a user in every store.
 *
 * @module
 */
import { createColdStore } from "@countinghouse/cold";
import { createPseudonymise } from "@countinghouse/collect/pseudonym";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { openLake } from "@countinghouse/lake";
import { openLog, readLongestKept } from "@countinghouse/log";
import { reconcileRules } from "@countinghouse/reconcile";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings, type Settings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { countUser, eraseUser } from "./erase.ts";
import { type Command, HELP, parseCommand } from "./options.ts";
import { receiptOf, receiptText } from "./receipt.ts";

const CLIENT_ID = "countinghouse-erase";
/** What workers that run need at most to read what is in the log, besides the age of a lake's batch. */
const PATIENCE_MS = 30_000;
/** ClickHouse writes every part anew that holds rows of the user, and says nothing meanwhile. */
const LONGEST_MUTATION_MS = 3_600_000;
/** The exit code of an interrupted command, as shells have it. */
const INTERRUPTED = 130;

async function run({ userId, storeId, dryRun, json }: Extract<Command, { do: "erase" }>): Promise<number> {
  const settings = loadSettings();
  const { topics, rollup, lake } = settings;
  const { kafkaBootstrapServers: bootstrapServers, mongoUri, clickhouseUrl, lakeUrl } = loadEndpoints(
    settings,
  );
  const logger = createLogger(settings.logLevel);
  const signal = shutdownSignal();
  const log = await openLog(CLIENT_ID, bootstrapServers, topics, logger);
  const hot = openHotStore(mongoUri);
  const cold = createColdStore(clickhouseUrl, undefined, LONGEST_MUTATION_MS);
  try {
    const longestKept = await readLongestKept(
      { bootstrapServers, clientId: CLIENT_ID, logger },
      [topics.events, topics.deadLetters],
    );
    await prepareHotStore(hot.database, rollup.hotRetentionMs).catch((error: Error) => {
      throw new ToldError(`Cannot prepare MongoDB: ${error.message}. Nothing was erased`);
    });
    const stores = {
      log,
      topic: topics.events,
      database: hot.database,
      cold,
      lake: openLake(lakeUrl),
      rules: reconcileRules(settings),
      patienceMs: PATIENCE_MS + lake.batchAgeMs,
      nowMs: Date.now,
      logger,
    };
    const user = { storeId, userIds: await idsOf(userId, storeId, settings) };
    const erased = await (dryRun ? countUser : eraseUser)(stores, user, signal);
    const receipt = receiptOf({
      storeId,
      userId,
      atMs: Date.now(),
      dryRun,
      erased,
      topics: longestKept,
      hotRetentionMs: rollup.hotRetentionMs,
    });
    console.log(json ? JSON.stringify(receipt, null, 2) : receiptText(receipt));
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error("interrupted; run it again to finish");
    return INTERRUPTED;
  } finally {
    await log.close();
    await hot.close();
    await cold.close();
  }
}

/** The ids that the stores may know a user by: the one sent, and what the collector makes of it. */
async function idsOf(userId: string, storeId: string, { collect }: Settings): Promise<readonly string[]> {
  if (collect.userIdSecret === undefined) return [userId];
  const pseudonymise = await createPseudonymise(collect.userIdSecret);
  return [userId, await pseudonymise(storeId, userId)];
}

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command.do === "erase") return await run(command);
  console.log(HELP);
  return 0;
});
