import { createLogger } from "@countinghouse/shared/telemetry";
import { AlarmStore } from "../alarm_store.ts";
import { CheckStore } from "../check_store.ts";
import { DriftJudge, type ReconcileRules } from "../drift_judge.ts";
import { HotComparison, type Looked } from "../hot_comparison.ts";
import { LakeComparison } from "../lake_comparison.ts";
import { LakeSource } from "../lake_source.ts";
import type { Stretch } from "../stretch.ts";
import { WarehouseSource } from "../warehouse_source.ts";
import type { ReconciledShop } from "./reconciled_shop.ts";

const LATER_MS = 5_000;

/** The comparisons on a shop's stores, with a clock of their own. */
export function comparisonsOf({ hot, cold, lake, fold }: ReconciledShop) {
  const rules: ReconcileRules = {
    allowedLatenessMs: fold.allowedLatenessMs,
    sessionTimeoutMs: fold.sessionTimeoutMs,
    dedup: fold.dedup,
    hotRetentionMs: 7 * 86_400_000,
  };
  const database = hot.database;
  const warehouse = new WarehouseSource(cold, rules.sessionTimeoutMs);
  const checks = new CheckStore(database);
  const alarms = new AlarmStore(database, createLogger("error"));
  const judge = new DriftJudge(database, cold, rules);
  const hotComparison = new HotComparison({ database, warehouse, judge, checks, alarms, rules });
  const lakeSource = new LakeSource(lake, cold, fold.maxSkewMs);
  const lakeComparison = new LakeComparison({ warehouse, lake: lakeSource, checks, alarms });
  let nowMs = Date.now();
  return {
    warehouse,
    lakeSource,
    checks,
    lake: lakeComparison,
    /** Looks, and once more some seconds later, when a difference that is still there counts. */
    lookTwice: async (stretch: Stretch): Promise<Pick<Looked, "compared" | "repaired">> => {
      const first = await hotComparison.look(stretch, nowMs += LATER_MS, false);
      const second = await hotComparison.look(stretch, nowMs += LATER_MS, false);
      return { compared: first.compared, repaired: first.repaired + second.repaired };
    },
  };
}
