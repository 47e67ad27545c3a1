import { type Offset, offset } from "@countinghouse/core";
import type { ColdStore } from "./cold_store.ts";
import type { Heads } from "./judged_events.ts";

/** What the warehouse holds of one partition of the log. */
export interface ColdBooks {
  readonly partition: number;
  /** Events: records with a row, duplicates included, refused ones not. */
  readonly held: number;
  /** Behind the last of them. */
  readonly through: Offset;
}

/**
 * The warehouse's books, by partition. Read from a few numbers per part, whatever the number of rows, and exact also
 * while a record is there twice: offsets are counted, not rows.
 */
export async function readColdBooks({ client }: ColdStore): Promise<readonly ColdBooks[]> {
  const result = await client.query({
    query: `SELECT partition, toString(groupBitmap(offset)) AS held, toString(max(offset) + 1) AS through
      FROM events GROUP BY partition ORDER BY partition`,
    format: "JSONEachRow",
  });
  const rows = await result.json<{ partition: number; held: string; through: string }>();
  return rows.map(({ partition, held, through }) => ({
    partition,
    held: Number(held),
    through: offset(through),
  }));
}

/** How far the warehouse is, by partition; also where the last event was erased. */
export async function readHeads(store: ColdStore): Promise<Heads> {
  const [books, result] = await Promise.all([
    readColdBooks(store),
    store.client.query({ query: "SELECT maxMap(reached) AS reached FROM erasures", format: "JSONEachRow" }),
  ]);
  const heads = new Map<number, number>(books.map(({ partition, through }) => [partition, through]));
  const [row] = await result.json<{ reached: Readonly<Record<string, number | string>> }>();
  for (const [partition, reached] of Object.entries(row?.reached ?? {})) {
    heads.set(Number(partition), Math.max(heads.get(Number(partition)) ?? 0, Number(reached)));
  }
  return heads;
}
