import type { Db } from "mongodb";
import { type ColdStore, isErasedFrom, readColdWindows } from "@countinghouse/cold";
import { type DedupOptions, emptyRollup, MINUTE_MS, type Rollup } from "@countinghouse/core";
import type { RestatementReason, RestatingEvent } from "@countinghouse/hot";
import { correctionOf } from "./correction_plan.ts";
import { causeOfDrift } from "./drift_cause.ts";
import { canDiffer, sessionDisturbances } from "./funnel_cause.ts";
import { type CompletionRules, type HotMinute, rollupsOf } from "./hot_minute.ts";
import { type Difference, differences, factsOf, type FunnelFacts, type MinuteFacts } from "./minute_facts.ts";
import { type Repair, repair } from "./repair.ts";
import { countedByRollup } from "./rollup_memory.ts";
import {
  readClosings,
  readMinuteRecords,
  readSessionRecords,
  TooManyRecordsError,
} from "./warehouse_records.ts";

/** The settings that decide what the rollup makes of the log, and how long it is kept. */
export interface ReconcileRules extends CompletionRules {
  readonly dedup: DedupOptions;
  readonly hotRetentionMs: number;
}

/** What became of a drift. */
export type Judgement =
  | { readonly what: "repaired" }
  | { readonly what: "unexplained"; readonly reason: string }
  /** The hot store has let go of a part of the minute: nothing is wrong, and nothing can be compared. */
  | { readonly what: "expired" };

/** Explains drift between the hot store and the warehouse, and repairs what is explained. */
export class DriftJudge {
  readonly #db: Db;
  readonly #cold: ColdStore;
  readonly #rules: ReconcileRules;

  constructor(db: Db, cold: ColdStore, rules: ReconcileRules) {
    this.#db = db;
    this.#cold = cold;
    this.#rules = rules;
  }

  /** @param expected What the warehouse says of the minute. */
  async judge(minute: HotMinute, expected: MinuteFacts, nowMs: number): Promise<Judgement> {
    try {
      return await this.#judge(minute, expected, nowMs);
    } catch (error) {
      if (error instanceof TooManyRecordsError) return { what: "unexplained", reason: error.message };
      throw error;
    }
  }

  async #judge(minute: HotMinute, expected: MinuteFacts, nowMs: number): Promise<Judgement> {
    const { dedup, hotRetentionMs } = this.#rules;
    if (minute.parts.length > 0 && await isErasedFrom(this.#cold, minute.storeId, minute.minuteMs)) {
      return await this.#takeErasedBack(minute, expected.funnel, nowMs);
    }
    const [records, closings] = await Promise.all([
      readMinuteRecords(this.#cold, minute),
      readClosings(this.#cold, minute.minuteMs),
    ]);
    if (records.asked.some(({ appendTimeMs }) => appendTimeMs < nowMs - hotRetentionMs)) {
      return { what: "expired" };
    }
    const parts = rollupsOf(minute);
    const cause = causeOfDrift({ ...records, closings, parts, dedup });
    if (!cause.isExplained) return { what: "unexplained", reason: cause.reason };
    const { truth } = cause.verdict;
    const [mismatch] = differences({ ...expected, funnel: undefined }, factsOf(truth));
    if (mismatch !== undefined) {
      const { metric, first, second } = mismatch;
      const reason = `the warehouse says that ${metric} is ${first}, and its own events give ${second}`;
      return { what: "unexplained", reason };
    }
    const found = differences(minute.facts, expected);
    const funnel = await this.#funnelCause(minute, expected.funnel, found);
    if (funnel === undefined) {
      return { what: "unexplained", reason: "no event of its sessions was late or counted twice" };
    }
    const events = [...cause.events, ...funnel];
    await this.#repair(minute, truth, expected.funnel, found, cause.reasons, events, nowMs);
    return { what: "repaired" };
  }

  /**
   * The documents of the partitions still count the events of an erased user, which nobody has any more to check them
   * by; so what the warehouse has left is taken for true.
   */
  async #takeErasedBack(
    minute: HotMinute,
    funnel: Readonly<FunnelFacts> | undefined,
    nowMs: number,
  ): Promise<Judgement> {
    const { storeId, minuteMs } = minute;
    const window = { fromMs: minuteMs, toMs: minuteMs + MINUTE_MS };
    const left = await readColdWindows(this.#cold, { storeId, windows: [window] });
    const truth = left.get(minuteMs) ?? emptyRollup();
    const found = differences(minute.facts, factsOf(truth, funnel));
    await this.#repair(minute, truth, funnel, found, ["user_erased"], [], nowMs);
    return { what: "repaired" };
  }

  /** What explains other sessions: nothing where they are equal, undefined where nothing does. */
  async #funnelCause(
    minute: HotMinute,
    truth: Readonly<FunnelFacts> | undefined,
    found: readonly Difference[],
  ): Promise<RestatingEvent[] | undefined> {
    if (truth === undefined || !found.some(({ metric }) => metric.startsWith("funnel."))) return [];
    const { asked, withCopies } = await readSessionRecords(this.#cold, minute);
    const [counted] = countedByRollup(withCopies, this.#rules.dedup);
    const disturbances = sessionDisturbances(asked, withCopies, counted ?? new Set(), this.#rules);
    const stored = minute.cohorts.reduce<FunnelFacts>(
      (sum, { started, reached }) => ({
        started: sum.started + started,
        reached: sum.reached.map((sessions, step) => sessions + reached[step]!) as FunnelFacts["reached"],
      }),
      { started: 0, reached: [0, 0, 0, 0] },
    );
    return canDiffer(stored, truth, disturbances.length) ? disturbances : undefined;
  }

  async #repair(
    minute: HotMinute,
    truth: Rollup,
    funnel: Readonly<FunnelFacts> | undefined,
    found: readonly Difference[],
    causes: readonly RestatementReason[],
    events: readonly RestatingEvent[],
    nowMs: number,
  ): Promise<void> {
    const reasons = new Set([...causes, ...events.map(({ reason }) => reason)]);
    if (reasons.size === 0) reasons.add("correction_outdated");
    const once = new Map(events.map((event) => [`${event.partition}/${event.offset}`, event]));
    const done: Repair = {
      minute,
      correction: correctionOf(minute, truth, minute.facts.funnel === undefined ? undefined : funnel),
      differences: found,
      reasons: [...reasons],
      events: [...once.values()],
    };
    await repair(this.#db, done, nowMs);
  }
}
