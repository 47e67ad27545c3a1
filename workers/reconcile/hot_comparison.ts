import type { Db } from "mongodb";
import { MINUTE_MS } from "@countinghouse/core";
import type { AlarmStore } from "./alarm_store.ts";
import { type CheckDocument, checkId, type CheckResult, type CheckStore } from "./check_store.ts";
import type { DriftJudge, ReconcileRules } from "./drift_judge.ts";
import { absentMinute, type HotMinute } from "./hot_minute.ts";
import { type HotMinutes, readHotMinutes } from "./hot_minutes.ts";
import { differences, type MinuteFacts, NO_FACTS } from "./minute_facts.ts";
import type { MinuteSource } from "./minute_source.ts";
import { spanOf, type Stretch } from "./stretch.ts";
import { hasPassed, type Positions, Suspicion } from "./suspicion.ts";

/** What the comparison works with. */
export interface HotComparisonOptions {
  readonly database: Db;
  readonly warehouse: MinuteSource;
  readonly judge: DriftJudge;
  readonly checks: CheckStore;
  readonly alarms: AlarmStore;
  readonly rules: ReconcileRules;
}

/** What looking at a stretch came to. */
export interface Looked {
  /** Minutes that were compared, all shops together. */
  readonly compared: number;
  readonly repaired: number;
  /** Starts of minutes to look at again: not final, not yet in the warehouse, under suspicion, or with an alarm. */
  readonly open: readonly number[];
}

/**
 * Documents that expire this soon are left alone: the parts of a minute don't all go at the same moment. So are minutes
 * that are this old, whose newest events may have been archived.
 */
const EXPIRY_MARGIN_MS = 10 * MINUTE_MS;

/**
 * Compares the final minutes of the hot store with the warehouse, has drift judged, and notes what it has checked. It
 * holds nothing that matters: what was not noted is compared again, and that is harmless.
 */
export class HotComparison {
  readonly #options: HotComparisonOptions;
  readonly #suspicion = new Suspicion();

  constructor(options: HotComparisonOptions) {
    this.#options = options;
  }

  /**
   * Looks at a stretch, of every shop.
   *
   * @param again Compares also what was compared in the same state before.
   */
  async look(stretch: Stretch, nowMs: number, again: boolean): Promise<Looked> {
    const { database, warehouse, checks, rules } = this.#options;
    const warehouseAt = await warehouse.positions();
    const hot = await readHotMinutes(database, stretch, rules);
    const checked = await checks.read(stretch.fromMs, stretch.toMs);
    const minutes = [...hot.minutes, ...vanished(hot, checked, rules)]
      .filter((minute) => !this.#isExpiring(minute, checked.get(checkId(minute)), nowMs));
    const open = new Set<number>();
    const due: HotMinute[] = [];
    for (const minute of minutes) {
      const check = checked.get(checkId(minute));
      if (minute.status === "provisional" || !hasPassed(warehouseAt, minute.through)) {
        open.add(minute.minuteMs);
      } else if (again || check?.digest !== minute.digest || check.warehouse === "differs") due.push(minute);
    }
    const hotAt = new Map(hot.partitions.map(({ _id, through }) => [_id, through]));
    let repaired = 0;
    for (const [storeId, ofStore] of Map.groupBy(due, ({ storeId }) => storeId)) {
      const withFunnel = ofStore.some(({ facts }) => facts.funnel !== undefined);
      const facts = await warehouse.minutes({ storeId, ...spanOf(ofStore), withFunnel });
      const written: CheckDocument[] = [];
      for (const minute of ofStore) {
        const expected = facts.get(minute.minuteMs) ?? NO_FACTS;
        const result = await this.#compare(minute, expected, { behind: hotAt, ahead: warehouseAt }, nowMs);
        if (result !== "equal") open.add(minute.minuteMs);
        if (result === "repaired") repaired++;
        if (result === "waiting") continue;
        written.push(checkOf(minute, result, checked.get(checkId(minute)), nowMs));
      }
      await checks.write(written);
    }
    return { compared: due.length, repaired, open: [...open] };
  }

  async #compare(
    minute: HotMinute,
    expected: MinuteFacts,
    positions: { readonly behind: Positions; readonly ahead: Positions },
    nowMs: number,
  ): Promise<CheckResult> {
    const { alarms, judge } = this.#options;
    const key = checkId(minute);
    const found = differences(minute.facts, expected);
    if (found.length === 0) {
      this.#suspicion.clear(key);
      await alarms.close(minute, "hot_warehouse", nowMs);
      return "equal";
    }
    const signature = JSON.stringify([minute.digest, found]);
    if (!this.#suspicion.isConfirmed(key, { signature, atMs: nowMs, ...positions })) return "waiting";
    const judgement = await judge.judge(minute, expected, nowMs);
    switch (judgement.what) {
      case "unexplained":
        await alarms.raise(minute, "hot_warehouse", found, judgement.reason, nowMs);
        return "differs";
      case "repaired":
        // Looked at once more, as it is stored now, before it counts as equal.
        this.#suspicion.clear(key);
        await alarms.close(minute, "hot_warehouse", nowMs);
        return "repaired";
      case "expired":
        await alarms.close(minute, "hot_warehouse", nowMs);
        return "equal";
    }
  }

  #isExpiring({ minuteMs, parts }: HotMinute, check: CheckDocument | undefined, nowMs: number): boolean {
    const keptSinceMs = nowMs - this.#options.rules.hotRetentionMs + EXPIRY_MARGIN_MS;
    const touched = parts.length === 0 ? [check?.touched] : parts.map(({ touched }) => touched);
    return minuteMs < keptSinceMs || touched.some((at) => at !== undefined && at.getTime() < keptSinceMs);
  }
}

/** Minutes that were there when they were checked, and of which the hot store holds nothing any more. */
function vanished(
  { minutes, partitions }: HotMinutes,
  checked: ReadonlyMap<string, CheckDocument>,
  rules: ReconcileRules,
): HotMinute[] {
  const present = new Set(minutes.map(checkId));
  return [...checked.values()].filter(({ _id }) => !present.has(_id))
    .map(({ store, minute }) =>
      absentMinute({ storeId: store, minuteMs: minute.getTime() }, partitions, rules)
    );
}

function checkOf(
  minute: HotMinute,
  warehouse: CheckResult,
  before: CheckDocument | undefined,
  nowMs: number,
): CheckDocument {
  const { storeId, minuteMs, parts, through, digest } = minute;
  const touchedMs = parts.map(({ touched }) => touched.getTime());
  return {
    _id: checkId(minute),
    store: storeId,
    minute: new Date(minuteMs),
    digest,
    through: Object.fromEntries(through),
    warehouse,
    lake: before?.digest === digest ? before.lake : "waiting",
    checked: new Date(nowMs),
    touched: touchedMs.length === 0 ? before?.touched ?? new Date(nowMs) : new Date(Math.min(...touchedMs)),
  };
}
