import type { ColdStore } from "./cold_store.ts";
import { closesBefore, countedTime } from "./counted_minute.ts";

/** What the tables follow that is a setting. Each can be left out, which leaves it as it is. */
export interface TableRules {
  /** An event stamped further ahead of its append time than this counts at its append time. */
  readonly maxSkewMs?: number;
  /** How long a minute stays open behind the newest event. */
  readonly allowedLatenessMs?: number;
  /** How long after its append an event is kept; null for ever. */
  readonly retentionMs?: number | null;
}

/**
 * Makes the tables follow the settings. Those about time are for the events to come: one that is stored counts where
 * it did, as in the hot store. A retention deletes what is older with the next merges.
 */
export async function applyTableRules(store: ColdStore, rules: TableRules): Promise<void> {
  const { maxSkewMs, allowedLatenessMs, retentionMs } = rules;
  if (maxSkewMs !== undefined) {
    await setExpression(store, "counted_time", "DateTime64(3, 'UTC')", countedTime(maxSkewMs));
  }
  if (allowedLatenessMs !== undefined) {
    await setExpression(store, "closes_before", "DateTime('UTC')", closesBefore(allowedLatenessMs));
  }
  if (retentionMs !== undefined) {
    await setRetention(store, "events", "append_time", retentionMs);
    await setRetention(store, "rollups", "appended", retentionMs);
  }
}

async function setExpression(
  store: ColdStore,
  column: string,
  type: string,
  expression: string,
): Promise<void> {
  const { client } = store;
  const [found] = await ask<{ current: string; wanted: string }>(
    store,
    `SELECT default_expression AS current, formatQuerySingleLine('SELECT ' || {expression:String}) AS wanted
      FROM system.columns WHERE database = {database:String} AND table = 'events' AND name = {column:String}`,
    { expression, column },
  );
  if (found?.wanted === `SELECT ${found?.current}`) return;
  await client.command({
    query: `ALTER TABLE events MODIFY COLUMN ${column} ${type} MATERIALIZED ${expression} CODEC(Delta, ZSTD)`,
  });
}

async function setRetention(
  store: ColdStore,
  table: string,
  column: string,
  retentionMs: number | null,
): Promise<void> {
  const [found] = await ask<{ ddl: string }>(
    store,
    "SELECT engine_full AS ddl FROM system.tables WHERE database = {database:String} AND name = {table:String}",
    { table },
  );
  const current = / TTL .*?toIntervalSecond\((\d+)\)/.exec(found?.ddl ?? "")?.[1];
  const seconds = retentionMs === null ? undefined : Math.ceil(retentionMs / 1_000);
  if (current === seconds?.toString()) return;
  const change = seconds === undefined
    ? "REMOVE TTL"
    : `MODIFY TTL toDateTime(${column}, 'UTC') + toIntervalSecond(${seconds})`;
  await store.client.command({ query: `ALTER TABLE ${table} ${change}` });
}

async function ask<Row>(
  { client, database }: ColdStore,
  query: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const result = await client.query({ query, query_params: { database, ...params }, format: "JSONEachRow" });
  return await result.json<Row>();
}
