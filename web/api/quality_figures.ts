import type { Db } from "mongodb";
import { type ColdStore, readColdBooks } from "@countinghouse/cold";
import { MINUTE_MS } from "@countinghouse/core";
import { collections, type PartitionBooks } from "@countinghouse/hot";
import { type PassDocument, readLastPass } from "@countinghouse/reconcile";

/** How fresh a store is; null where it can't be told. */
export interface SinkFreshness {
  /** When the newest event that it holds was appended to the log. */
  readonly newest_event_at: string | null;
  readonly newest_event_age_ms: number | null;
  /** Records that the log has and it has not. */
  readonly lag_records: number | null;
}

/** What is known about the numbers' quality, over all stores of data. */
export interface QualityFigures {
  readonly pass: PassDocument | null;
  readonly open_alarms: number;
  readonly restatements: number;
  readonly freshness: Readonly<Record<"hot" | "warehouse" | "lake", SinkFreshness>>;
}

/** Where the figures come from. */
export interface QualitySources {
  readonly database: Db;
  readonly cold: ColdStore;
  readonly books: () => Promise<readonly PartitionBooks[]>;
  /** How far the lake is with each partition. */
  readonly lakeBooks: () => Promise<readonly { readonly partition: number; readonly through: number }[]>;
}

/** Events older than this are of no use for saying how fresh a store is. */
const LOOK_BACK_MS = 90 * MINUTE_MS;
/** Some of a partition's last records may be no events. */
const LAST_RECORDS = 1_000;
const UNKNOWN: SinkFreshness = { newest_event_at: null, newest_event_age_ms: null, lag_records: null };

/** Reads the figures. A store that is away has nulls, so that the rest can still be seen. */
export async function readQuality(sources: QualitySources, nowMs: number): Promise<QualityFigures> {
  const { database } = sources;
  const books = await sources.books();
  const [pass, alarms, restatements, hot, warehouse, lake] = await Promise.all([
    readLastPass(database),
    collections(database).alarms.countDocuments({ closed: null }),
    collections(database).restatements.estimatedDocumentCount(),
    hotFreshness(database, books, nowMs),
    warehouseFreshness(sources.cold, books, nowMs).catch(() => UNKNOWN),
    lakeFreshness(sources, books, nowMs).catch(() => UNKNOWN),
  ]);
  return { pass: pass ?? null, open_alarms: alarms, restatements, freshness: { hot, warehouse, lake } };
}

async function hotFreshness(
  database: Db,
  books: readonly PartitionBooks[],
  nowMs: number,
): Promise<SinkFreshness> {
  const recent = collections(database).minutes
    .find({ touched: { $gte: new Date(nowMs - LOOK_BACK_MS) } }, { projection: { last_append: 1 } });
  let newestMs = -Infinity;
  for await (const { last_append } of recent) newestMs = Math.max(newestMs, last_append.getTime());
  return freshness(newestMs, sum(books, ({ end, through }) => end - through), nowMs);
}

/** It does not know records that were refused; so it is complete when it holds all that were counted or duplicates. */
async function warehouseFreshness(
  cold: ColdStore,
  books: readonly PartitionBooks[],
  nowMs: number,
): Promise<SinkFreshness> {
  const [held, newestMs] = await Promise.all([readColdBooks(cold), newestAppend(cold, "1")]);
  const folded = sum(books, ({ counted, duplicates }) => counted + duplicates);
  const behindHot = Math.max(0, folded - sum(held, (partition) => partition.held));
  return freshness(newestMs, behindHot + sum(books, ({ end, through }) => end - through), nowMs);
}

/** The lake says how far it is; when its last records were appended, the warehouse knows. */
async function lakeFreshness(
  { lakeBooks, cold }: QualitySources,
  books: readonly PartitionBooks[],
  nowMs: number,
): Promise<SinkFreshness> {
  const positions = await lakeBooks();
  const through = new Map(positions.map((one) => [one.partition, one.through]));
  const lag = sum(books, ({ partition, end }) => Math.max(0, end - (through.get(partition) ?? 0)));
  const last = positions.map(({ partition, through }) =>
    `(partition = ${partition} AND offset < ${through} AND offset >= ${Math.max(0, through - LAST_RECORDS)})`
  );
  if (last.length === 0) return freshness(-Infinity, lag, nowMs);
  return freshness(await newestAppend(cold, last.join(" OR ")), lag, nowMs);
}

async function newestAppend({ client }: ColdStore, condition: string): Promise<number> {
  const result = await client.query({
    query: `SELECT toString(toUnixTimestamp64Milli(max(append_time))) AS newest, toString(count()) AS events
      FROM events WHERE ${condition}`,
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ newest: string; events: string }>();
  return row === undefined || row.events === "0" ? -Infinity : Number(row.newest);
}

function freshness(newestMs: number, lagRecords: number, nowMs: number): SinkFreshness {
  const isKnown = Number.isFinite(newestMs);
  return {
    newest_event_at: isKnown ? new Date(newestMs).toISOString() : null,
    newest_event_age_ms: isKnown ? Math.max(0, nowMs - newestMs) : null,
    lag_records: lagRecords,
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
