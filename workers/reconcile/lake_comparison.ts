import type { AlarmStore } from "./alarm_store.ts";
import type { CheckDocument, CheckStore } from "./check_store.ts";
import { differences, NO_FACTS } from "./minute_facts.ts";
import type { MinuteSource } from "./minute_source.ts";
import { spanOf, stretchesOf } from "./stretch.ts";
import { hasPassed, Suspicion } from "./suspicion.ts";

/** What the comparison works with. */
export interface LakeComparisonOptions {
  readonly warehouse: MinuteSource;
  readonly lake: MinuteSource;
  readonly checks: CheckStore;
  readonly alarms: AlarmStore;
}

/**
 * Compares minutes of the warehouse with the lake once the lake has got there, which is a file's age later: those that
 * were checked against the hot store, and are waiting for it. Whatever differs is an alarm; it looks again each time.
 */
export class LakeComparison {
  readonly #options: LakeComparisonOptions;
  readonly #suspicion = new Suspicion();

  constructor(options: LakeComparisonOptions) {
    this.#options = options;
  }

  /** Compares what is due; answers how many minutes that were. */
  async look(nowMs: number): Promise<number> {
    const { warehouse, lake, checks, alarms } = this.#options;
    const [positions, warehouseAt] = await Promise.all([lake.positions(), warehouse.positions()]);
    const due = (await checks.awaitingLake()).filter(({ through }) =>
      hasPassed(positions, new Map(Object.entries(through).map(([partition, at]) => [Number(partition), at])))
    );
    for (const [storeId, ofStore] of Map.groupBy(due, ({ store }) => store)) {
      const byMinute = new Map(ofStore.map((check) => [check.minute.getTime(), check]));
      for (const stretch of stretchesOf(byMinute.keys())) {
        const asked = [...byMinute].map(([minuteMs, check]) => ({ minuteMs, check }))
          .filter(({ minuteMs }) => minuteMs >= stretch.fromMs && minuteMs < stretch.toMs);
        const range = { storeId, ...spanOf(asked), withFunnel: false };
        const [stored, filed] = await Promise.all([warehouse.minutes(range), lake.minutes(range)]);
        const done: CheckDocument[] = [];
        for (const { minuteMs, check } of asked) {
          const found = differences(stored.get(minuteMs) ?? NO_FACTS, filed.get(minuteMs) ?? NO_FACTS);
          const key = { storeId, minuteMs };
          if (found.length === 0) {
            this.#suspicion.clear(check._id);
            await alarms.close(key, "warehouse_lake", nowMs);
            done.push({ ...check, lake: "equal" });
            continue;
          }
          const signature = JSON.stringify(found);
          const sighting = { signature, atMs: nowMs, behind: positions, ahead: warehouseAt };
          if (!this.#suspicion.isConfirmed(check._id, sighting)) continue;
          await alarms.raise(key, "warehouse_lake", found, "the records of the two differ", nowMs);
          done.push({ ...check, lake: "differs" });
        }
        await checks.noteLake(done);
      }
    }
    return due.length;
  }
}
