import type { Db } from "mongodb";
import { COLLECTIONS } from "@countinghouse/hot";
import type { CheckResult } from "./check_store.ts";

/** The last pass of the reconcile worker: collection `passes`, one document. */
export interface PassDocument {
  readonly _id: "last";
  /** When it ended, and how long it took. */
  readonly at: Date;
  readonly took_ms: number;
  /** Minutes that were compared in it, and minutes that it has to look at again. */
  readonly compared: number;
  readonly open: number;
  /** When everything was last compared anew, whether it had changed or not. */
  readonly swept: Date;
  /** Of all minutes that the hot store keeps: how many are equal in two stores, differ, or wait to be compared. */
  readonly hot_warehouse: Readonly<Record<CheckResult, number>>;
  readonly warehouse_lake: Readonly<Record<CheckResult, number>>;
}

/** Notes a pass. */
export async function writePass(db: Db, pass: Omit<PassDocument, "_id">): Promise<void> {
  await db.collection<PassDocument>(COLLECTIONS.passes).replaceOne({ _id: "last" }, pass, { upsert: true });
}

/** The last pass; undefined before the first. */
export async function readLastPass(db: Db): Promise<PassDocument | undefined> {
  return await db.collection<PassDocument>(COLLECTIONS.passes).findOne({ _id: "last" }) ?? undefined;
}
