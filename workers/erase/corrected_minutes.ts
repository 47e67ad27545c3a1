import type { Db } from "mongodb";
import { collections } from "@countinghouse/hot";
import { compareAnew, type ComparedAnew } from "@countinghouse/reconcile";

/** What became of the hot store's minutes that an erasure concerns. */
export interface CorrectedMinutes {
  /** Those that the hot store still has. */
  readonly minutes: number;
  /** Those of them that are restated because of an erasure, by this run or an earlier one. */
  readonly restated: number;
  /** Those that are not equal in hot store and warehouse yet, not being final; the reconcile worker goes on with them. */
  readonly waiting: number;
}

/** Has the minutes of a store that the hot store still has corrected by what the warehouse has left of them. */
export async function correctMinutes(
  stores: ComparedAnew,
  storeId: string,
  minutesMs: readonly number[],
  signal: AbortSignal,
): Promise<CorrectedMinutes> {
  const kept = await keptMinutes(stores.database, storeId, minutesMs);
  const waiting = await compareAnew(stores, kept.map((minuteMs) => ({ storeId, minuteMs })), signal);
  const restated = await startsIn(kept, (minute) =>
    collections(stores.database).restatements
      .find({ store: storeId, minute, reasons: "user_erased" }, { projection: { minute: 1 } }).toArray());
  return { minutes: kept.length, restated: restated.length, waiting: waiting.length };
}

/** Which of some minutes the hot store still has. */
export function keptMinutes(
  database: Db,
  storeId: string,
  minutesMs: readonly number[],
): Promise<readonly number[]> {
  return startsIn(minutesMs, (minute) =>
    collections(database).minutes
      .find({ store: storeId, minute }, { projection: { minute: 1 } }).toArray());
}

/** So many minutes are asked for at once. */
const AT_ONCE = 1_000;

/** The minutes of the documents that a query finds among these. */
async function startsIn(
  minutesMs: readonly number[],
  find: (among: { $in: Date[] }) => Promise<readonly { readonly minute: Date }[]>,
): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let at = 0; at < minutesMs.length; at += AT_ONCE) {
    const $in = minutesMs.slice(at, at + AT_ONCE).map((minuteMs) => new Date(minuteMs));
    for (const { minute } of await find({ $in })) found.add(minute.getTime());
  }
  return [...found].sort((a, b) => a - b);
}
