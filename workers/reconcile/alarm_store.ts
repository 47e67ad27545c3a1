import type { Collection, Db } from "mongodb";
import { type AlarmDocument, collections, type StorePair } from "@countinghouse/hot";
import type { Logger } from "@countinghouse/shared/telemetry";
import type { Difference } from "./minute_facts.ts";
import type { MinuteKey } from "./warehouse_records.ts";

/** Raises alarms and closes them, each told once in the log. */
export class AlarmStore {
  readonly #alarms: Collection<AlarmDocument>;
  readonly #logger: Logger;

  constructor(database: Db, logger: Logger) {
    this.#alarms = collections(database).alarms;
    this.#logger = logger;
  }

  /** The minutes that have an open alarm. */
  async openMinutes(): Promise<number[]> {
    const open = await this.#alarms.find({ closed: null }, { projection: { minute: 1 } }).toArray();
    return [...new Set(open.map(({ minute }) => minute.getTime()))];
  }

  /** Raises an alarm, or notes that one which is open is still so. */
  async raise(
    { storeId, minuteMs }: MinuteKey,
    pair: StorePair,
    differences: readonly Difference[],
    reason: string,
    atMs: number,
  ): Promise<void> {
    const at = new Date(atMs);
    const minute = new Date(minuteMs);
    const open = { store: storeId, minute, pair, closed: null };
    const { matchedCount } = await this.#alarms.updateOne(open, { $set: { differences, reason, seen: at } });
    if (matchedCount > 0) return;
    const _id = `${minute.toISOString()}/${storeId}/${pair}/${at.toISOString()}`;
    await this.#alarms.insertOne({ _id, ...open, differences, reason, raised: at, seen: at });
    this.#logger.warn("Two stores differ and nothing explains why", {
      minute: minute.toISOString(),
      store: storeId,
      pair,
      figures: differences.map(({ metric, first, second }) => `${metric} ${first}/${second}`).join(", "),
      reason,
    });
  }

  /** Closes the alarm of a minute that is equal, or explained, if it has one. */
  async close({ storeId, minuteMs }: MinuteKey, pair: StorePair, atMs: number): Promise<void> {
    const minute = new Date(minuteMs);
    const open = { store: storeId, minute, pair, closed: null };
    const { modifiedCount } = await this.#alarms.updateMany(open, { $set: { closed: new Date(atMs) } });
    if (modifiedCount > 0) {
      this.#logger.info("An alarm is closed", { minute: minute.toISOString(), store: storeId, pair });
    }
  }
}
