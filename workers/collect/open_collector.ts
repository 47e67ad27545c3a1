import type { Hono } from "hono";
import type { Log } from "@countinghouse/log";
import { keysFile, type Settings } from "@countinghouse/shared/config";
import type { Logger } from "@countinghouse/shared/telemetry";
import { createCollector } from "./app.ts";
import type { CollectMetrics } from "./collect_metrics.ts";
import { openKeyFile } from "./key_file.ts";
import { createPseudonymise } from "./pseudonym.ts";
import { isLoopback } from "./sender.ts";

/**
 * The collector as the settings have it.
 *
 * @param host The address that it will be served at: on any but this machine's own, nobody sends without a key.
 * @throws {KeyFileError} where the write keys can't be read.
 */
export async function openCollector(
  { settings, log, host, logger, metrics }: {
    readonly settings: Settings;
    readonly log: Pick<Log, "append" | "ranges">;
    readonly host: string;
    readonly logger: Logger;
    readonly metrics?: CollectMetrics;
  },
): Promise<Hono> {
  const { collect, topics } = settings;
  return createCollector({
    log,
    topics,
    keys: await openKeyFile(keysFile(settings), logger, Date.now),
    reachable: isLoopback(host) ? "loopback" : "network",
    limits: collect,
    origins: collect.origins,
    countryHeaders: collect.countryHeaders,
    pseudonymise: collect.userIdSecret === undefined
      ? undefined
      : await createPseudonymise(collect.userIdSecret),
    shopifySecret: collect.shopifySecret,
    now: Date.now,
    logger,
  }, metrics);
}
