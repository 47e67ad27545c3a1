import type { Db } from "mongodb";
import { MINUTE_MS } from "@countinghouse/core";
import { collections } from "@countinghouse/hot";
import { pause } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import type { AlarmStore } from "./alarm_store.ts";
import type { CheckStore } from "./check_store.ts";
import type { HotComparison } from "./hot_comparison.ts";
import type { LakeComparison } from "./lake_comparison.ts";
import { followMinuteChanges } from "./minute_changes.ts";
import { readLastPass, writePass } from "./pass_store.ts";
import { type Stretch, stretchesOf } from "./stretch.ts";

/** What the loop works with. */
export interface LoopOptions {
  readonly database: Db;
  readonly hot: HotComparison;
  /** Undefined where there is no lake. */
  readonly lake: LakeComparison | undefined;
  readonly checks: CheckStore;
  readonly alarms: AlarmStore;
  /** The pause between two passes. */
  readonly intervalMs: number;
  /** How often minutes are compared with the lake. */
  readonly lakeIntervalMs: number;
  /** How often everything is compared anew, whether it has changed or not. */
  readonly sweepMs: number;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** The longest stretch that a sweep asks for at once. */
const STRETCH_MS = 6 * 60 * MINUTE_MS;

/**
 * Reconciles until the signal aborts: looks at the minutes that have changed, at all of them once at the start and
 * whenever changes may have been missed, and compares everything anew once in a while.
 */
export async function reconcileContinuously(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const { database, logger, intervalMs, nowMs } = options;
  const changed = new Set<number>();
  // Without an earlier pass nothing is noted as checked, so the first one is a sweep.
  const sweptMs = (await readLastPass(database).catch(() => undefined))?.swept.getTime() ?? nowMs();
  const due = { whole: true, sweptMs, lakeMs: 0 };
  const following = (async () => {
    while (!signal.aborted) {
      await followMinuteChanges(database, {
        onConnected: () => due.whole = true,
        onChange: (minuteMs) => changed.add(minuteMs),
      }, signal).catch((error: Error) =>
        logger.warn("lost the changes of MongoDB", { error: error.message })
      );
      await pause(intervalMs, signal).catch(() => {});
    }
  })();
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await pass(options, changed, due, signal);
      if (isFailing) logger.info("reconciling works again");
      isFailing = false;
    } catch (error) {
      if (signal.aborted) break;
      if (!isFailing) logger.warn("reconciling failed, trying again", { error: (error as Error).message });
      isFailing = true;
      due.whole = true;
    }
    await pause(intervalMs, signal).catch(() => {});
  }
  await following;
}

/** What is due besides the minutes that have changed. */
interface Due {
  whole: boolean;
  sweptMs: number;
  lakeMs: number;
}

async function pass(
  { database, hot, lake, checks, alarms, nowMs, sweepMs, lakeIntervalMs }: LoopOptions,
  changed: Set<number>,
  due: Due,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = nowMs();
  const again = startedMs - due.sweptMs >= sweepMs;
  const everything = due.whole || again;
  due.whole = false;
  for (const minuteMs of await alarms.openMinutes()) changed.add(minuteMs);
  const asked = [...changed];
  changed.clear();
  let compared = 0;
  for await (const stretch of everything ? wholeStretches(database) : stretchesOf(asked)) {
    signal.throwIfAborted();
    const looked = await hot.look(stretch, nowMs(), again);
    compared += looked.compared;
    for (const minuteMs of looked.open) changed.add(minuteMs);
  }
  if (again) due.sweptMs = startedMs;
  if (lake !== undefined && startedMs - due.lakeMs >= lakeIntervalMs) {
    compared += await lake.look(nowMs());
    due.lakeMs = startedMs;
  }
  const [hotWarehouse, warehouseLake] = await Promise.all([checks.tally("warehouse"), checks.tally("lake")]);
  await writePass(database, {
    at: new Date(nowMs()),
    took_ms: nowMs() - startedMs,
    compared,
    open: changed.size,
    swept: new Date(due.sweptMs),
    hot_warehouse: hotWarehouse,
    warehouse_lake: warehouseLake,
  });
}

/** Every minute that the hot store holds, in stretches; gaps, as between years of history, are leapt over. */
async function* wholeStretches(db: Db): AsyncGenerator<Stretch> {
  let fromMs = 0;
  for (;;) {
    const next = await collections(db).minutes.findOne(
      { _id: { $gte: new Date(fromMs).toISOString() } },
      { sort: { _id: 1 }, projection: { minute: 1 } },
    );
    if (next === null) return;
    const startMs = next.minute.getTime();
    yield { fromMs: startMs, toMs: startMs + STRETCH_MS };
    fromMs = startMs + STRETCH_MS;
  }
}
