import { createHash } from "node:crypto";
import type { Db } from "mongodb";
import {
  collections,
  type Correction,
  correctionId,
  fromCorrection,
  MOST_EVENTS,
  type RestatedFigure,
  type RestatementReason,
  type RestatingEvent,
} from "@countinghouse/hot";
import type { HotMinute } from "./hot_minute.ts";
import { type Difference, figuresOf } from "./minute_facts.ts";

/** What is repaired, and why. */
export interface Repair {
  readonly minute: HotMinute;
  /** What the minute gets instead of the correction that it has; undefined is none. */
  readonly correction: Correction | undefined;
  /** Figures before and after, as readers see them. */
  readonly differences: readonly Difference[];
  readonly reasons: readonly RestatementReason[];
  readonly events: readonly RestatingEvent[];
}

/**
 * Records the restatement, then puts the correction in place. Killed in between, it is found again and recorded under
 * the same id, which changes nothing.
 */
export async function repair(db: Db, { minute, correction, ...why }: Repair, atMs: number): Promise<void> {
  const { corrections, restatements } = collections(db);
  const { storeId, minuteMs } = minute;
  const changes: RestatedFigure[] = why.differences
    .map(({ metric, first, second }) => ({ metric, from: first, to: second }));
  const what = JSON.stringify([[...minute.through], [...figuresOf(minute.facts)], changes]);
  const digest = createHash("sha256").update(what).digest("base64url").slice(0, 12);
  await restatements.updateOne({ _id: `${new Date(minuteMs).toISOString()}/${storeId}/${digest}` }, {
    $setOnInsert: {
      store: storeId,
      minute: new Date(minuteMs),
      at: new Date(atMs),
      reasons: why.reasons,
      changes,
      events: why.events.slice(0, MOST_EVENTS),
      event_count: why.events.length,
    },
  }, { upsert: true });
  const _id = correctionId(minuteMs, storeId);
  if (correction === undefined) await corrections.deleteOne({ _id });
  else await corrections.replaceOne({ _id }, fromCorrection(correction, minute.parts), { upsert: true });
}
