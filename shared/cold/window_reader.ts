import type { Rollup } from "@countinghouse/core";
import { readHeads } from "./cold_books.ts";
import type { ColdStore } from "./cold_store.ts";
import { type EventFilter, filterCondition } from "./event_filter.ts";
import { countedEvents } from "./counted_events.ts";
import { type Heads, judgedEvents } from "./judged_events.ts";
import {
  columnsOfEvents,
  figures,
  type FiguresRow,
  ROLLUP_COLUMNS,
  rollupOf,
  UNPACKED,
} from "./rollup_columns.ts";
import { planRollups, type RollupPiece, type RollupPlan } from "./rollup_plan.ts";
import { inRanges, type TimeRange } from "./time_range.ts";
import { gridOf, windowStart } from "./window_grid.ts";

/** Which windows of a store. */
export interface WindowsAsked {
  readonly storeId: string;
  /** Of whole minutes, ascending, each beginning where the one before ends. */
  readonly windows: readonly TimeRange[];
  /** Only these events; all by default. */
  readonly filter?: EventFilter;
}

/**
 * The figures of windows of any width, by their start; those without events are left out. Exact: duplicates are left
 * out whatever their age, and users and sessions are distinct ones of the window.
 *
 * Without a filter it adds up rollups where they are up to date, and events where they aren't. With one it looks at
 * the events, of which the rollups know the duplicates.
 */
export async function readColdWindows(
  store: ColdStore,
  { storeId, windows, filter = {} }: WindowsAsked,
): Promise<ReadonlyMap<number, Rollup>> {
  if (windows.length === 0) return new Map();
  const range = { fromMs: windows[0]!.fromMs, toMs: windows.at(-1)!.toMs };
  const heads = await readHeads(store);
  if (heads.size === 0) return new Map();
  const plan = await planRollups(store, storeId, range, gridOf(windows));
  const condition = filterCondition(filter);
  const sources = condition === undefined
    ? [...plan.pieces.map(rollups), ...unknownEvents(plan, heads).map((events) => byWindow(windows, events))]
    : countedEvents(plan, heads, condition.sql).map((events) => byWindow(windows, events));
  const result = await store.client.query({
    query: `SELECT ${windowStart("start", windows)} AS second, ${figures()}
      FROM (${sources.join("\n UNION ALL ")}) AS r GROUP BY second HAVING events > 0`,
    query_params: { store: storeId, ...condition?.params },
    format: "JSONEachRow",
    clickhouse_settings: FINAL_WITHIN_PARTITIONS,
  });
  const rows = await result.json<FiguresRow & { readonly second: number }>();
  return new Map(rows.map((row) => [row.second * 1_000, rollupOf(row)]));
}

/**
 * Rows with the same sorting key lie in the same partition, in all our tables, and events that are there twice are the
 * same in every column, so that conditions may be looked at before they are made one. Numbers are safe integers.
 */
export const FINAL_WITHIN_PARTITIONS = {
  do_not_merge_across_partitions_select_final: 1,
  optimize_move_to_prewhere_if_final: 1,
  output_format_json_quote_64bit_integers: 0,
} as const;

function rollups({ step, within, except }: RollupPiece): string {
  return `SELECT start, ${ROLLUP_COLUMNS} FROM rollups FINAL WHERE step = '${step.name}'
    AND store_id = {store:String} AND ${inRanges("start", within)} AND NOT ${inRanges("start", except)}`;
}

/** The events whose minutes have no rollup that is up to date. */
function unknownEvents({ raw }: RollupPlan, heads: Heads): readonly string[] {
  return raw.length === 0 ? [] : [judgedEvents({ ranges: raw, heads })];
}

function byWindow(windows: readonly TimeRange[], events: string): string {
  return `SELECT start, ${ROLLUP_COLUMNS} FROM (
    SELECT *, ${UNPACKED} FROM (
      SELECT toDateTime(${windowStart("minute", windows)}, 'UTC') AS start, ${columnsOfEvents()}
      FROM ${events} GROUP BY start))`;
}
