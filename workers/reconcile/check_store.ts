import type { Collection, Db } from "mongodb";
import { COLLECTIONS } from "@countinghouse/hot";
import type { MinuteKey } from "./warehouse_records.ts";

/** What a comparison of two stores came to; `repaired` is equal since a correction, `waiting` not compared yet. */
export type CheckResult = "equal" | "repaired" | "differs" | "waiting";

/**
 * That a minute was compared, and in which state: collection `checks`, the position of the reconcile worker. It is
 * compared again when its documents are in another state. Losing one costs a comparison and nothing else.
 */
export interface CheckDocument {
  /** `{minute ISO}/{store}` */
  readonly _id: string;
  readonly store: string;
  readonly minute: Date;
  /** See HotMinute. */
  readonly digest: string;
  /** By partition: behind the last record that had changed the minute. */
  readonly through: Readonly<Record<string, number>>;
  readonly warehouse: CheckResult;
  readonly lake: CheckResult;
  readonly checked: Date;
  /** Expires with the minute's documents. */
  readonly touched: Date;
}

/** The id of a minute's check. */
export function checkId({ storeId, minuteMs }: MinuteKey): string {
  return `${new Date(minuteMs).toISOString()}/${storeId}`;
}

const CHECKS_PER_WRITE = 500;
/** So many are compared with the lake in one go; the rest follow in the next. */
const CHECKS_AT_ONCE = 2_000;

/** The checks, in the hot store's database. */
export class CheckStore {
  readonly #checks: Collection<CheckDocument>;

  constructor(database: Db) {
    this.#checks = database.collection<CheckDocument>(COLLECTIONS.checks);
  }

  /** The checks of the minutes that start in [fromMs, toMs), by id. */
  async read(fromMs: number, toMs: number): Promise<ReadonlyMap<string, CheckDocument>> {
    const found = this.#checks.find({
      _id: { $gte: new Date(fromMs).toISOString(), $lt: new Date(toMs).toISOString() },
    }, { batchSize: 5_000 });
    return new Map(await found.map((check) => [check._id, check] as const).toArray());
  }

  /** Notes that minutes were checked. */
  async write(checks: readonly CheckDocument[]): Promise<void> {
    for (let at = 0; at < checks.length; at += CHECKS_PER_WRITE) {
      await this.#checks.bulkWrite(
        checks.slice(at, at + CHECKS_PER_WRITE).map((check) => ({
          replaceOne: { filter: { _id: check._id }, replacement: check, upsert: true },
        })),
        { ordered: false },
      );
    }
  }

  /** Has minutes compared anew, by whoever reconciles. */
  async forget(minutes: readonly MinuteKey[]): Promise<void> {
    for (let at = 0; at < minutes.length; at += CHECKS_PER_WRITE) {
      const ids = minutes.slice(at, at + CHECKS_PER_WRITE).map(checkId);
      await this.#checks.deleteMany({ _id: { $in: ids } });
    }
  }

  /** The minutes that were not compared with the lake since they changed, or differed. */
  awaitingLake(): Promise<CheckDocument[]> {
    return this.#checks.find({ lake: { $in: ["waiting", "differs"] } }, { batchSize: 5_000 })
      .sort({ minute: 1 }).limit(CHECKS_AT_ONCE).toArray();
  }

  /** Notes what comparing with the lake came to, except for minutes that have changed meanwhile. */
  async noteLake(checks: readonly CheckDocument[]): Promise<void> {
    if (checks.length === 0) return;
    await this.#checks.bulkWrite(
      checks.map(({ _id, digest, lake }) => ({
        updateOne: { filter: { _id, digest }, update: { $set: { lake } } },
      })),
      { ordered: false },
    );
  }

  /** How many minutes have which result. */
  async tally(pair: "warehouse" | "lake"): Promise<Readonly<Record<CheckResult, number>>> {
    const groups = await this.#checks
      .aggregate<{ _id: CheckResult; minutes: number }>([{
        $group: { _id: `$${pair}`, minutes: { $sum: 1 } },
      }])
      .toArray();
    const counts = Object.fromEntries(groups.map(({ _id, minutes }) => [_id, minutes]));
    return { equal: 0, repaired: 0, differs: 0, waiting: 0, ...counts };
  }
}
