import type { Db } from "mongodb";
import { collections } from "./hot_store.ts";

/** Two stores that are compared; the first is the one closer to the dashboard. */
export type StorePair = "hot_warehouse" | "warehouse_lake";

/** A figure that two stores have differently. Money is in minor units, and named as `revenue_minor.EUR`. */
export interface DifferingFigure {
  readonly metric: string;
  /** In the first store of the pair, and in the second. */
  readonly first: number;
  readonly second: number;
}

/** A minute in which two stores differ and nothing explains why: collection `alarms`. Kept when it is closed. */
export interface AlarmDocument {
  readonly _id: string;
  readonly store: string;
  readonly minute: Date;
  readonly pair: StorePair;
  readonly differences: readonly DifferingFigure[];
  /** What was looked for, and not found. */
  readonly reason: string;
  readonly raised: Date;
  /** When it was last seen to be so. */
  readonly seen: Date;
  /** When the two were equal again, or the difference was explained; null while it is open. */
  readonly closed: Date | null;
}

/** The alarms that are open, newest minute first. */
export async function listOpenAlarms(
  db: Db,
  { storeId, limit }: { readonly storeId?: string | undefined; readonly limit: number },
): Promise<AlarmDocument[]> {
  return await collections(db).alarms
    .find({ closed: null, ...(storeId === undefined ? {} : { store: storeId }) })
    .sort({ minute: -1 }).limit(limit).toArray();
}
