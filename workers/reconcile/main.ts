/**
 * The reconcile worker: hot store = warehouse = lake, minute by minute.
 *
 * @module
 */
import { createColdStore } from "@countinghouse/cold";
import { openHotStore, prepareHotStore } from "@countinghouse/hot";
import { openLake } from "@countinghouse/lake";
import { retrying } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { AlarmStore } from "./alarm_store.ts";
import { CheckStore } from "./check_store.ts";
import { DriftJudge } from "./drift_judge.ts";
import { HotComparison } from "./hot_comparison.ts";
import { LakeComparison } from "./lake_comparison.ts";
import { LakeSource } from "./lake_source.ts";
import { reconcileContinuously } from "./reconcile_loop.ts";
import { reconcileRules } from "./reconcile_rules.ts";
import { WarehouseSource } from "./warehouse_source.ts";

const settings = loadSettings();
const { mongoUri, clickhouseUrl, lakeUrl } = loadEndpoints(settings);
const logger = createLogger(settings.logLevel);
const signal = shutdownSignal();
const hot = openHotStore(mongoUri);
const cold = createColdStore(clickhouseUrl);

try {
  const { rollup: { hotRetentionMs, maxSkewMs } } = settings;
  await retrying("preparing MongoDB", logger, signal, () => prepareHotStore(hot.database, hotRetentionMs));
  const rules = reconcileRules(settings);
  const warehouse = new WarehouseSource(cold, rules.sessionTimeoutMs);
  // Its tables are its own worker's business, which may still be at it.
  await retrying("reading from ClickHouse", logger, signal, () => warehouse.positions());
  const checks = new CheckStore(hot.database);
  const alarms = new AlarmStore(hot.database, logger);
  const judge = new DriftJudge(hot.database, cold, rules);
  const lake = new LakeSource(openLake(lakeUrl), cold, maxSkewMs);
  await reconcileContinuously({
    database: hot.database,
    hot: new HotComparison({ database: hot.database, warehouse, judge, checks, alarms, rules }),
    lake: new LakeComparison({ warehouse, lake, checks, alarms }),
    checks,
    alarms,
    ...settings.reconcile,
    nowMs: Date.now,
    logger,
  }, signal);
} catch (error) {
  if (!signal.aborted) throw error;
} finally {
  await cold.close();
  await hot.close();
}
