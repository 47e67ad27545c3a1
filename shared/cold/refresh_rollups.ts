import { readHeads } from "./cold_books.ts";
import type { ColdStore } from "./cold_store.ts";
import { duplicatesOf, type Heads, judgedEvents } from "./judged_events.ts";
import { columnsOfEvents, columnsOfRollups, ROLLUP_COLUMNS, UNPACKED } from "./rollup_columns.ts";
import { ROLLUP_STEPS, type RollupStep, staleRollups } from "./stale_rollups.ts";
import { countedIn, dateTime, few, inRanges, joined, MOST_RANGES, type TimeRange } from "./time_range.ts";
import { FINAL_WITHIN_PARTITIONS } from "./window_reader.ts";

/** How far a refresh came: through which offsets, and in which windows. */
export interface Refreshed {
  readonly heads: Heads;
  readonly settledMs: number;
}

/** What a refresh is told. */
export interface RefreshOptions {
  /** Only what a refresh that came so far has left; everything by default. */
  readonly since?: Refreshed;
  /** Windows that aren't over by this time are left out: they would be stale again at once. */
  readonly settledMs: number;
  readonly signal?: AbortSignal;
}

/** About how many events one statement rolls up; it bounds its memory. */
const EVENTS_AT_ONCE = 300_000;

const NOTHING: Refreshed = { heads: new Map(), settledMs: 0 };
const [DAY, HOUR, MINUTE] = ROLLUP_STEPS;

/**
 * Brings the rollups up to date that new events have made stale; answers how far it came, for the next call's
 * `since`. Minutes are rolled up from events, hours from minutes, days from hours.
 *
 * Running twice at the same time, and stopping anywhere, do no harm: a rollup says which records are in it, the one
 * made from more of the log wins, and readers take none that is not up to date.
 */
export async function refreshRollups(
  store: ColdStore,
  { since = NOTHING, settledMs, signal }: RefreshOptions,
): Promise<Refreshed> {
  const heads = await readHeads(store);
  if (heads.size === 0) return since;
  for (const { storeId, touched } of await touchedDays(store, since)) {
    const days = await staleRollups(store, storeId, DAY, touched);
    let flipped: readonly TimeRange[] = [];
    for (const hours of await inPortions(store, storeId, await staleRollups(store, storeId, HOUR, days))) {
      if (signal?.aborted) return since;
      const minutes = over(settledMs, MINUTE, await staleRollups(store, storeId, MINUTE, hours));
      await rollUpEvents(store, storeId, minutes, heads);
      flipped = [...flipped, ...await flippedMinutes(store, storeId, minutes)];
    }
    for (let at = 0; at < flipped.length; at += MOST_RANGES) {
      await rollUpEvents(store, storeId, flipped.slice(at, at + MOST_RANGES), heads);
    }
    for (const [coarse, fine] of [[HOUR, MINUTE], [DAY, HOUR]] as const) {
      const stale = await staleRollups(store, storeId, coarse, days);
      const around = flipped.map(({ fromMs }) => rangeAround(fromMs, coarse));
      await rollUpRollups(
        store,
        storeId,
        coarse,
        fine,
        over(settledMs, coarse, [...stale, ...around]),
        heads,
      );
    }
  }
  return { heads, settledMs };
}

/**
 * The days, by store, that records behind `since` count in, and those in which minutes may have been left out because
 * they weren't over.
 */
async function touchedDays(
  { client }: ColdStore,
  { heads, settledMs }: Refreshed,
): Promise<readonly { readonly storeId: string; readonly touched: readonly TimeRange[] }[]> {
  const behind = [...heads].map(([partition, head]) => `partition = ${partition} AND offset >= ${head}`);
  const isNew = [...behind, `partition NOT IN [${[...heads.keys()]}]`].map((one) => `(${one})`).join(" OR ");
  const recent = `minute >= ${dateTime(settledMs - 2 * DAY.widthMs)}`;
  const result = await client.query({
    query:
      `SELECT store_id, arraySort(groupUniqArray(toUnixTimestamp(toStartOfDay(minute)))) AS days FROM events
      ${heads.size === 0 ? "" : `WHERE ${isNew} OR ${recent}`} GROUP BY store_id`,
    format: "JSONEachRow",
  });
  const rows = await result.json<{ store_id: string; days: readonly number[] }>();
  return rows.map(({ store_id, days }) => ({
    storeId: store_id,
    touched: few(joined(days.map((day) => ({ fromMs: day * 1_000, toMs: day * 1_000 + DAY.widthMs })))),
  }));
}

/** Cuts ranges of whole hours into portions of about {@link EVENTS_AT_ONCE} events. */
async function inPortions(
  { client }: ColdStore,
  storeId: string,
  hours: readonly TimeRange[],
): Promise<readonly (readonly TimeRange[])[]> {
  if (hours.length === 0) return [];
  const result = await client.query({
    query: `SELECT toUnixTimestamp(toStartOfHour(minute)) AS hour, count() AS events FROM events
      WHERE store_id = {store:String} AND ${inRanges("minute", few(hours))} GROUP BY hour ORDER BY hour`,
    query_params: { store: storeId },
    format: "JSONEachRow",
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
  const portions: TimeRange[][] = [];
  let room = 0;
  for (const { hour, events } of await result.json<{ hour: number; events: number }>()) {
    if (room <= 0) {
      portions.push([]);
      room = EVENTS_AT_ONCE;
    }
    portions.at(-1)!.push({ fromMs: hour * 1_000, toMs: hour * 1_000 + HOUR.widthMs });
    room -= events;
  }
  return portions.map((portion) => few(joined(portion)));
}

/** Rolls the events of minutes up. */
async function rollUpEvents(
  store: ColdStore,
  storeId: string,
  minutes: readonly TimeRange[],
  heads: Heads,
): Promise<void> {
  if (minutes.length === 0) return;
  await insert(
    store,
    storeId,
    `SELECT 'minute' AS step, *, ${UNPACKED} FROM (
    SELECT {store:String} AS store_id, minute AS start, ${columnsOfEvents()},
      arraySort(groupArrayIf((partition, offset), NOT counted)) AS duplicates,
      arraySort(groupArrayIf((partition, offset), late)) AS late_records,
      maxMap(map(partition, offset)) AS reached, max(append_time) AS appended, ${versionOf(heads)} AS version
    FROM ${judgedEvents({ ranges: few(minutes), heads })} GROUP BY minute)`,
  );
}

/** Rolls rollups of a finer step up. */
async function rollUpRollups(
  store: ColdStore,
  storeId: string,
  coarse: RollupStep,
  fine: RollupStep,
  ranges: readonly TimeRange[],
  heads: Heads,
): Promise<void> {
  if (ranges.length === 0) return;
  await insert(
    store,
    storeId,
    `SELECT '${coarse.name}' AS step, *, ${UNPACKED} FROM (
    SELECT {store:String} AS store_id, ${coarse.startOf}(r.start) AS start, ${columnsOfRollups()},
      [] AS duplicates, [] AS late_records, maxMap(r.reached) AS reached, max(r.appended) AS appended,
      ${versionOf(heads)} AS version
    FROM rollups AS r FINAL WHERE r.step = '${fine.name}' AND r.store_id = {store:String}
      AND ${inRanges("r.start", few(ranges))}
    GROUP BY start)`,
  );
}

async function insert({ client }: ColdStore, storeId: string, select: string): Promise<void> {
  const rest = "duplicates, late_records, reached, appended, version";
  await client.command({
    query: `INSERT INTO rollups (step, store_id, start, ${ROLLUP_COLUMNS}, ${rest})
      SELECT step, store_id, start, ${ROLLUP_COLUMNS}, ${rest} FROM (${select})`,
    query_params: { store: storeId },
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
}

/**
 * Minutes elsewhere that hold a record which, by what the given minutes hold, has become a duplicate: an earlier one
 * was stored later, which happens across partitions.
 */
async function flippedMinutes(
  { client }: ColdStore,
  storeId: string,
  minutes: readonly TimeRange[],
): Promise<readonly TimeRange[]> {
  if (minutes.length === 0) return [];
  const ranges = few(minutes);
  const result = await client.query({
    query: `SELECT DISTINCT toUnixTimestamp(d.minute) AS second
      FROM ${duplicatesOf(`store_id = {store:String} AND ${countedIn(ranges)}`)} AS d
      INNER JOIN (SELECT start, duplicates FROM rollups FINAL
        WHERE step = 'minute' AND store_id = {store:String} AND NOT ${inRanges("start", ranges)}) AS r
      ON d.minute = r.start WHERE NOT has(r.duplicates, (d.partition, d.offset))`,
    query_params: { store: storeId },
    format: "JSONEachRow",
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
  const rows = await result.json<{ second: number }>();
  return rows.map(({ second }) => ({ fromMs: second * 1_000, toMs: second * 1_000 + MINUTE.widthMs }));
}

/** How much of the log a rollup is made from. */
function versionOf(heads: Heads): number {
  return [...heads.values()].reduce((sum, head) => sum + head, 0);
}

/** What of ranges lies in windows that are over. */
function over(
  settledMs: number,
  { widthMs }: RollupStep,
  ranges: readonly TimeRange[],
): readonly TimeRange[] {
  const endMs = Math.floor(settledMs / widthMs) * widthMs;
  return ranges.filter(({ fromMs }) => fromMs < endMs)
    .map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, endMs) }));
}

function rangeAround(timeMs: number, { widthMs }: RollupStep): TimeRange {
  const fromMs = Math.floor(timeMs / widthMs) * widthMs;
  return { fromMs, toMs: fromMs + widthMs };
}
