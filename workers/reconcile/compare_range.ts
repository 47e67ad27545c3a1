import type { Db } from "mongodb";
import { type ColdStore, countedIn } from "@countinghouse/cold";
import { MINUTE_MS } from "@countinghouse/core";
import { collections } from "@countinghouse/hot";
import type { ComparedMinute } from "./compared_minute.ts";
import type { ReconcileRules } from "./drift_judge.ts";
import { absentMinute } from "./hot_minute.ts";
import { readHotMinutes } from "./hot_minutes.ts";
import type { MinuteSource } from "./minute_source.ts";
import { hasPassed } from "./suspicion.ts";

/** What a range is compared in. */
export interface ComparedStores {
  readonly database: Db;
  readonly cold: ColdStore;
  readonly warehouse: MinuteSource;
  readonly lake: MinuteSource;
  readonly rules: ReconcileRules;
}

/** So many minutes are asked for at once. */
const PORTION_MS = 360 * MINUTE_MS;
const EXPIRY_MARGIN_MS = 10 * MINUTE_MS;

/** Every minute of a range that any store has, in ascending order, store by store within a portion. */
export async function* compareRange(
  stores: ComparedStores,
  { fromMs, toMs, storeId }: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly storeId: string | undefined;
  },
  nowMs: number,
): AsyncGenerator<ComparedMinute> {
  for (let startMs = await firstMinute(stores, fromMs, toMs); startMs !== undefined;) {
    const endMs = Math.min(startMs + PORTION_MS, Math.ceil(toMs / MINUTE_MS) * MINUTE_MS);
    yield* comparePortion(stores, { fromMs: startMs, toMs: endMs, storeId }, nowMs);
    startMs = await firstMinute(stores, endMs, toMs);
  }
}

async function* comparePortion(
  { database, cold, warehouse, lake, rules }: ComparedStores,
  range: { readonly fromMs: number; readonly toMs: number; readonly storeId: string | undefined },
  nowMs: number,
): AsyncGenerator<ComparedMinute> {
  const { storeId, ...stretch } = range;
  const [warehouseAt, lakeAt] = await Promise.all([warehouse.positions(), lake.positions()]);
  const hot = await readHotMinutes(
    database,
    storeId === undefined ? stretch : { ...stretch, storeId },
    rules,
  );
  const byStore = Map.groupBy(hot.minutes, (minute) => minute.storeId);
  const ids = storeId === undefined
    ? [...new Set([...byStore.keys(), ...await storesIn(cold, stretch)])]
    : [storeId];
  for (const id of ids.sort()) {
    const asked = { ...stretch, storeId: id, withFunnel: true };
    const [stored, filed] = await Promise.all([warehouse.minutes(asked), lake.minutes(asked)]);
    const kept = new Map(byStore.get(id)?.map((minute) => [minute.minuteMs, minute]));
    const minutes = new Set([...kept.keys(), ...stored.keys(), ...filed.keys()]);
    for (const minuteMs of [...minutes].sort((a, b) => a - b)) {
      const minute = kept.get(minuteMs) ?? absentMinute({ storeId: id, minuteMs }, hot.partitions, rules);
      const keptSinceMs = nowMs - rules.hotRetentionMs + EXPIRY_MARGIN_MS;
      const isExpired = minuteMs < keptSinceMs ||
        minute.parts.some(({ touched }) => touched.getTime() < keptSinceMs);
      yield {
        storeId: id,
        minuteMs,
        hot: isExpired ? undefined : minute.facts,
        isFinal: minute.status !== "provisional" && hasPassed(warehouseAt, minute.through) &&
          hasPassed(lakeAt, minute.through),
        warehouse: stored.get(minuteMs),
        lake: filed.get(minuteMs),
      };
    }
  }
}

/** The first minute of a range that the warehouse or the hot store has; gaps of years are leapt over. */
async function firstMinute(
  { database, cold }: ComparedStores,
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  if (fromMs >= toMs) return undefined;
  const result = await cold.client.query({
    query: `SELECT toUnixTimestamp(min(minute)) AS second, count() AS events FROM events
      WHERE ${countedIn([{ fromMs, toMs }])}`,
    format: "JSONEachRow",
  });
  const [first] = await result.json<{ second: number; events: number | string }>();
  const inHot = await collections(database).minutes.findOne(
    { _id: { $gte: new Date(fromMs).toISOString(), $lt: new Date(toMs).toISOString() } },
    { sort: { _id: 1 }, projection: { minute: 1 } },
  );
  const candidates = [
    ...(Number(first?.events ?? 0) > 0 ? [first!.second * 1_000] : []),
    ...(inHot === null ? [] : [inHot.minute.getTime()]),
  ];
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}

async function storesIn(
  { client }: ColdStore,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<string[]> {
  const result = await client.query({
    query: `SELECT DISTINCT store_id FROM events WHERE ${countedIn([range])}`,
    format: "JSONEachRow",
  });
  return (await result.json<{ store_id: string }>()).map(({ store_id }) => store_id);
}
