import type { Db } from "mongodb";
import { collections } from "./hot_store.ts";

/** Why a minute that was final has other numbers now. */
export type RestatementReason =
  /** A copy came after the rollup had forgotten the first one, and was counted again. */
  | "old_duplicate"
  /** Two copies went to two partitions, whose workers know nothing of each other. */
  | "duplicate_across_partitions"
  /** A user's events are in several partitions, so the user was counted in each. */
  | "user_across_partitions"
  /** An event came after its session had been let go, and began another. */
  | "late_event"
  /** A user was erased whose events the minute had counted. */
  | "user_erased"
  /** The minute has changed since it was corrected. */
  | "correction_outdated";

/** A figure before and after. Money is in minor units, and named as `revenue_minor.EUR`. */
export interface RestatedFigure {
  readonly metric: string;
  readonly from: number;
  readonly to: number;
}

/** A record of the log that is a reason. */
export interface RestatingEvent {
  readonly event_id: string;
  readonly partition: number;
  readonly offset: number;
  readonly append_time: Date;
  readonly reason: RestatementReason;
}

/** A minute that was repaired: collection `restatements`. Never changed, and kept for good. */
export interface RestatementDocument {
  readonly _id: string;
  readonly store: string;
  readonly minute: Date;
  readonly at: Date;
  readonly reasons: readonly RestatementReason[];
  readonly changes: readonly RestatedFigure[];
  /** The first {@link MOST_EVENTS} of them, without those of erased users; `event_count` is how many there were. */
  readonly events: readonly RestatingEvent[];
  readonly event_count: number;
}

/** So many events of a restatement are listed. */
export const MOST_EVENTS = 100;

/** Which restatements to list, newest first. */
export interface RestatementQuery {
  /** Of this store; undefined is any. */
  readonly storeId?: string | undefined;
  readonly minuteMs?: number | undefined;
  /** Only those behind this one, in the order of the list; the last one of a page leads to the next. */
  readonly after?: { readonly atMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Lists restatements, newest first. */
export async function listRestatements(
  db: Db,
  { storeId, minuteMs, after, limit }: RestatementQuery,
): Promise<RestatementDocument[]> {
  return await collections(db).restatements.find({
    ...(storeId === undefined ? {} : { store: storeId }),
    ...(minuteMs === undefined ? {} : { minute: new Date(minuteMs) }),
    ...(after === undefined ? {} : {
      $or: [
        { at: { $lt: new Date(after.atMs) } },
        { at: new Date(after.atMs), _id: { $lt: after.id } },
      ],
    }),
  }).sort({ at: -1, _id: -1 }).limit(limit).toArray();
}
