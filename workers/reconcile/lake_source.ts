import { type ColdStore, countedIn, duplicatesOf } from "@countinghouse/cold";
import { type CurrencyCode, type EventType, type MinorUnits, minuteStart } from "@countinghouse/core";
import { type Lake, lakeBooks, readLakeRows } from "@countinghouse/lake";
import { recordKey } from "./event_record.ts";
import { factsOf, type MinuteFacts } from "./minute_facts.ts";
import type { MinuteRange, MinuteSource } from "./minute_source.ts";
import { MinuteRecount } from "./recount.ts";

const COLUMNS = [
  "partition",
  "offset",
  "append_time",
  "event_time",
  "event_type",
  "user_id",
  "session_id",
  "amount",
  "currency",
] as const;

/** The Parquet files, from which all the numbers are counted. */
export class LakeSource implements MinuteSource {
  readonly #lake: Lake;
  readonly #cold: ColdStore;
  readonly #maxSkewMs: number;

  /**
   * @param cold Which records are copies, whatever their age, only an index over all ids can tell; so that is asked of
   * the warehouse, and everything else of the files.
   */
  constructor(lake: Lake, cold: ColdStore, maxSkewMs: number) {
    this.#lake = lake;
    this.#cold = cold;
    this.#maxSkewMs = maxSkewMs;
  }

  async positions(): Promise<ReadonlyMap<number, number>> {
    return new Map((await lakeBooks(this.#lake)).map(({ partition, through }) => [partition, through]));
  }

  async minutes(range: MinuteRange): Promise<ReadonlyMap<number, MinuteFacts>> {
    const { duplicates, aheadMs } = await this.#outsiders(range);
    const minutes = new Map<number, MinuteRecount>();
    // An event whose clock was ahead lies at its own time in the files, and counts at its append time.
    for (const { fromMs, toMs } of [range, ...aheadMs.map((hour) => afterRange(hour, range))]) {
      for await (const rows of readLakeRows(this.#lake, { storeId: range.storeId, fromMs, toMs }, COLUMNS)) {
        for (const row of rows) {
          const isSkewed = row.event_time > row.append_time + this.#maxSkewMs;
          const countedTimeMs = isSkewed ? row.append_time : row.event_time;
          if (countedTimeMs < range.fromMs || countedTimeMs >= range.toMs || duplicates.has(recordKey(row))) {
            continue;
          }
          const minuteMs = minuteStart(countedTimeMs);
          const minute = minutes.get(minuteMs) ?? new MinuteRecount();
          minutes.set(minuteMs, minute);
          minute.add({
            type: row.event_type as EventType,
            userId: row.user_id,
            sessionId: row.session_id,
            appendTimeMs: row.append_time,
            eventTimeMs: row.event_time,
            countedTimeMs,
            amount: row.amount === undefined ? undefined : Number(row.amount) as MinorUnits,
            currency: row.currency as CurrencyCode | undefined,
          }, false);
        }
      }
    }
    return new Map([...minutes].map(([minuteMs, minute]) => [minuteMs, factsOf(minute.rollup())]));
  }

  /** The copies among a range's records, and the hours beyond it in which records lie that count in it. */
  async #outsiders(
    { storeId, fromMs, toMs }: MinuteRange,
  ): Promise<{ duplicates: ReadonlySet<string>; aheadMs: readonly number[] }> {
    const ofRange = `store_id = {store:String} AND ${countedIn([{ fromMs, toMs }])}`;
    const ask = async <Row>(query: string) => {
      const result = await this.#cold.client.query({
        query,
        query_params: { store: storeId },
        format: "JSONEachRow",
      });
      return await result.json<Row>();
    };
    const [copies, hours] = await Promise.all([
      ask<{ partition: number; offset: string }>(
        `SELECT partition, toString(offset) AS offset FROM ${duplicatesOf(ofRange)}`,
      ),
      ask<{ hour: number }>(
        `SELECT DISTINCT toUnixTimestamp(toStartOfHour(event_time)) AS hour FROM events
          WHERE ${ofRange} AND counted_time != event_time AND toUnixTimestamp64Milli(event_time) >= ${toMs}`,
      ),
    ]);
    return {
      duplicates: new Set(copies.map(({ partition, offset }) => `${partition}/${offset}`)),
      aheadMs: hours.map(({ hour }) => hour * 1_000),
    };
  }
}

const HOUR_MS = 3_600_000;

/** An hour, without what of it lies in a range before. */
function afterRange(
  hourMs: number,
  { toMs }: MinuteRange,
): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.max(hourMs, toMs), toMs: hourMs + HOUR_MS };
}
