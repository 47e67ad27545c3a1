import type { Db, Filter } from "mongodb";
import { type CurrencyCode, type KpiWindow, MINUTE_MS, minuteStart } from "@countinghouse/core";
import type { CorrectionDocument } from "./correction.ts";
import type { MinuteDocument, PartitionDocument } from "./documents.ts";
import { collections } from "./hot_store.ts";
import {
  FIGURES_ONLY,
  type MinuteFigures,
  minuteWindow,
  type WindowContext,
  type WindowRules,
} from "./minute_window.ts";

/**
 * How far back the newest minute is looked for, one after the other: not every server that speaks MongoDB's protocol
 * reads an index from its end, and then a short range keeps the question cheap.
 */
const LOOK_BACK_MS = [90 * MINUTE_MS, 24 * 60 * MINUTE_MS, Infinity] as const;

/** Which minutes of a store: those that start in [startMs, endMs). */
export interface MinuteRange {
  readonly storeId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Answer minutes without events too, as zeros. */
  readonly fill?: boolean;
}

/** Reads minutes out of the hot store. */
export interface MinuteReader {
  /** The minutes of a range in ascending order; without `fill`, only those with events. */
  windows(range: MinuteRange): Promise<KpiWindow[]>;
  /** The newest minute with events; the current one, with zeros, when there is none. */
  latest(storeId: string, nowMs: number): Promise<KpiWindow>;
}

/** A reader on the database of the hot store. */
export function createMinuteReader(db: Db, rules: WindowRules): MinuteReader {
  const { minutes } = collections(db);

  async function newestMinute(store: string, nowMs: number): Promise<number | undefined> {
    for (const backMs of LOOK_BACK_MS) {
      const newest = await minutes.findOne(
        { store, minute: { $gte: new Date(Math.max(0, nowMs - backMs)) }, "counts.events": { $gt: 0 } },
        { sort: { minute: -1 }, projection: { minute: 1 } },
      );
      if (newest !== null) return newest.minute.getTime();
    }
    return undefined;
  }

  return {
    async windows({ storeId, startMs, endMs, fill = false }) {
      const context = await readContext(db, storeId, rules);
      const byMinute = await readByMinute(db, {
        store: storeId,
        minute: { $gte: new Date(startMs), $lt: new Date(endMs) },
      });
      const wanted = fill ? minutesOf(startMs, endMs) : [...byMinute.keys()].sort((a, b) => a - b);
      const windows = wanted.map((at) => minuteWindow(storeId, at, byMinute.get(at) ?? [], context, rules));
      return fill ? windows : windows.filter(({ metrics }) => metrics.events > 0);
    },

    async latest(storeId, nowMs) {
      const context = await readContext(db, storeId, rules);
      const at = await newestMinute(storeId, nowMs) ?? minuteStart(nowMs);
      const byMinute = await readByMinute(db, { store: storeId, minute: new Date(at) });
      return minuteWindow(storeId, at, byMinute.get(at) ?? [], context, rules);
    },
  };
}

/**
 * What is known besides the minutes. It must be read before them: a partition's watermark is stored after the
 * minutes that it speaks of, so minutes read later are at least as complete as it says.
 */
export async function readContext(
  db: Db,
  storeId: string,
  rules: Pick<WindowRules, "reportingCurrency">,
): Promise<WindowContext> {
  const [partitions, store] = await Promise.all([
    readPartitions(db),
    rules.reportingCurrency === undefined ? collections(db).stores.findOne({ _id: storeId }) : null,
  ]);
  const currency = rules.reportingCurrency ?? store?.first_money?.currency as CurrencyCode | undefined;
  return { partitions, currency };
}

/** Every partition's progress and books, by number. */
export function readPartitions(db: Db): Promise<PartitionDocument[]> {
  return collections(db).partitions.find({}).sort({ _id: 1 }).toArray();
}

/** The documents that a filter finds, of partitions and corrections, grouped by their minute's start. */
export async function readByMinute(
  db: Db,
  filter: Filter<MinuteFigures>,
): Promise<Map<number, MinuteFigures[]>> {
  const byMinute = new Map<number, MinuteFigures[]>();
  for await (const document of findFigures(db, filter)) {
    const at = document.minute.getTime();
    const group = byMinute.get(at);
    if (group === undefined) byMinute.set(at, [document]);
    else group.push(document);
  }
  return byMinute;
}

/** All that is added up to minutes: the documents of their partitions, and their corrections. */
export async function* findFigures(db: Db, filter: Filter<MinuteFigures>): AsyncGenerator<MinuteFigures> {
  const { minutes, corrections } = collections(db);
  const figures = { projection: FIGURES_ONLY, batchSize: 5_000 };
  yield* minutes.find<MinuteFigures>(filter as Filter<MinuteDocument>, figures);
  yield* corrections.find<MinuteFigures>(filter as Filter<CorrectionDocument>, figures);
}

function minutesOf(startMs: number, endMs: number): number[] {
  const first = Math.ceil(startMs / MINUTE_MS) * MINUTE_MS;
  const count = Math.max(0, Math.ceil((endMs - first) / MINUTE_MS));
  return Array.from({ length: count }, (_, index) => first + index * MINUTE_MS);
}
