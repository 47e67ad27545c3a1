import { createColdStore, prepareColdStore } from "@countinghouse/cold";
import { holdLease, openHotStore } from "@countinghouse/hot";
import { openLake } from "@countinghouse/lake";
import type { Settings } from "@countinghouse/shared/config";
import type { Endpoints } from "@countinghouse/shared/endpoints";
import type { Logger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { DIFFERS, WELL } from "./exit_code.ts";
import type { Command } from "./options.ts";
import { progress } from "./progress.ts";
import { HOLD_MS } from "./replay_partition.ts";
import { restoreReport } from "./restore_report.ts";
import { restoreRows } from "./restore_rows.ts";

/** Longer than rolling a year of restored events up takes a statement. */
const REQUEST_TIMEOUT_MS = 300_000;

/**
 * Inserts what the lake holds and the warehouse does not, and tells how much that is; answers the exit code. While
 * it writes it holds the lease of the rollups' refresher, as does whoever erases a user: what one removes the other
 * must not bring back.
 */
export async function rebuildWarehouse(
  { scope, dryRun }: Extract<Command, { do: "rebuild warehouse" }>,
  { rollup, warehouse }: Settings,
  { mongoUri, clickhouseUrl, lakeUrl }: Endpoints,
  logger: Logger,
  signal: AbortSignal,
): Promise<number> {
  const store = createColdStore(clickhouseUrl, undefined, REQUEST_TIMEOUT_MS);
  const hot = openHotStore(mongoUri);
  try {
    await prepareColdStore(store, {
      maxSkewMs: rollup.maxSkewMs,
      allowedLatenessMs: rollup.allowedLatenessMs,
      retentionMs: warehouse.retentionMs ?? null,
    }).catch((error: Error) => {
      throw new ToldError(`Cannot prepare ClickHouse: ${error.message}`);
    });
    const refresher = { group: "warehouse-rollups", partition: 0, ttlMs: HOLD_MS, nowMs: Date.now };
    const hold = dryRun ? undefined : await holdLease({ database: hot.database, ...refresher }, signal);
    try {
      const tally = await restoreRows({
        lake: openLake(lakeUrl),
        store,
        scope,
        dryRun,
        nowMs: Date.now,
        onProgress: progress((looked: number) => logger.info("looking for rows", { looked })),
      }, hold === undefined ? signal : AbortSignal.any([signal, hold.lost]));
      for (const line of restoreReport(tally, dryRun)) console.log(line);
      return dryRun && tally.missing > 0 ? DIFFERS : WELL;
    } finally {
      await hold?.release();
    }
  } finally {
    await store.close();
    await hot.close();
  }
}
