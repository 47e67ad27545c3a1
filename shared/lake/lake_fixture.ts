import type { LogRecord, Offset } from "@countinghouse/core";
import { type Lake, lakeIn } from "./lake.ts";
import { LakeFold } from "./lake_fold.ts";
import { LakeSink } from "./lake_sink.ts";
import { MemoryStore } from "./memory_store.ts";
import { decodeParquet } from "./parquet_file.ts";
import { readLakeRows } from "./lake_rows.ts";

/** The time at which the events of a test begin. */
export const T0 = Date.parse("2026-03-01T12:00:00.000Z");
/** The whole lake. */
export const EVERYTHING = { fromMs: 0, toMs: Infinity };

/** A record; an object is an event with that in it, whose time is 10 minutes behind the one before. */
export function record(at: number, value: string | Readonly<Record<string, unknown>> = {}): LogRecord {
  const json = typeof value === "string" ? value : JSON.stringify({
    event_id: `e${at}`,
    event_type: "page_view",
    event_ts: new Date(T0 + at * 600_000).toISOString(),
    user_id: `u${at % 3}`,
    session_id: `s${at % 5}`,
    store_id: at % 2 === 0 ? "north" : "south",
    ...value,
  });
  return { offset: at as Offset, appendTimeMs: T0 + at, key: null, value: new TextEncoder().encode(json) };
}

/** Records `from` to `to`, half-open. */
export function records(from: number, to: number): LogRecord[] {
  return Array.from({ length: to - from }, (_, at) => record(from + at));
}

/** Brings records of a partition into a lake as the pump does: those that it has not, in one batch. */
export async function append(lake: Lake, partition: number, given: readonly LogRecord[]): Promise<void> {
  const sink = new LakeSink(lake);
  const from = await sink.position(partition);
  const batch = batchOf(partition, from, given);
  await sink.write(batch);
}

/** What a fold that began at an offset asks a sink to write. */
export function batchOf(partition: number, from: Offset, given: readonly LogRecord[]) {
  const fold = new LakeFold(partition, from);
  const through = Math.max(from, (given.at(-1)?.offset ?? -1) + 1) as Offset;
  fold.apply({ partition, records: given, from, through, end: through });
  return { partition, through, end: through, change: fold.take() };
}

/** "partition/offset" of every row that a program sees which only looks for Parquet files, sorted. */
export async function visibleRows(store: MemoryStore): Promise<string[]> {
  const seen: string[] = [];
  for (const key of store.keys()) {
    if (!/^store_id=[^/]+\/dt=[^/]+\/hour=[^/]+\/[^/]+\.parquet$/.test(key)) continue;
    for await (const rows of decodeParquet((await store.read(key))!, ["partition", "offset"])) {
      seen.push(...rows.map(nameOf));
    }
  }
  return seen.sort();
}

/** "partition/offset" of every row that the lake's own readers see, sorted. */
export async function heldRows(lake: Lake): Promise<string[]> {
  const batches = await Array.fromAsync(readLakeRows(lake, EVERYTHING, ["partition", "offset"]));
  return batches.flat().map(nameOf).sort();
}

/** The same of what was appended. */
export function namesOf(partition: number, given: readonly LogRecord[]): string[] {
  return given.map(({ offset }) => nameOf({ partition, offset }));
}

function nameOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}/${String(offset).padStart(4, "0")}`;
}

/** A lake in memory that a writer opens, as after a start. */
export function openedAnew(store: MemoryStore): Lake {
  return lakeIn(store, { nowMs: () => T0, checkpointCommits: 3 });
}
