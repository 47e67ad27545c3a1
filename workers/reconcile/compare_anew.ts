import type { Db } from "mongodb";
import type { ColdStore } from "@countinghouse/cold";
import { pause } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import { AlarmStore } from "./alarm_store.ts";
import { CheckStore } from "./check_store.ts";
import { DriftJudge, type ReconcileRules } from "./drift_judge.ts";
import { HotComparison } from "./hot_comparison.ts";
import { stretchesOf } from "./stretch.ts";
import { SETTLE_MS } from "./suspicion.ts";
import type { MinuteKey } from "./warehouse_records.ts";
import { WarehouseSource } from "./warehouse_source.ts";

/** What minutes are compared in, and by which rules. */
export interface ComparedAnew {
  readonly database: Db;
  readonly cold: ColdStore;
  readonly rules: ReconcileRules;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** Seen, seen again and repaired, found equal. */
const LOOKS = 3;

/**
 * Compares minutes of the hot store with the warehouse and repairs them, now, for one who has changed the warehouse.
 * The worker does the same meanwhile, and goes on with those that are not final; neither minds the other.
 *
 * @returns the minutes that are not equal yet.
 */
export async function compareAnew(
  { database, cold, rules, nowMs, logger }: ComparedAnew,
  minutes: readonly MinuteKey[],
  signal: AbortSignal,
): Promise<readonly MinuteKey[]> {
  const checks = new CheckStore(database);
  await checks.forget(minutes);
  const comparison = new HotComparison({
    database,
    warehouse: new WarehouseSource(cold, rules.sessionTimeoutMs),
    judge: new DriftJudge(database, cold, rules),
    checks,
    alarms: new AlarmStore(database, logger),
    rules,
  });
  let left = minutes;
  for (let look = 0; look < LOOKS && left.length > 0; look++) {
    if (look > 0) await pause(SETTLE_MS, signal);
    const open = new Set<number>();
    for (const stretch of stretchesOf(left.map(({ minuteMs }) => minuteMs))) {
      for (const minuteMs of (await comparison.look(stretch, nowMs(), true)).open) open.add(minuteMs);
    }
    left = left.filter(({ minuteMs }) => open.has(minuteMs));
  }
  return left;
}
