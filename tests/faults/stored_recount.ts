import { deepEqual, equal } from "node:assert/strict";
import { collections, createMinuteReader, readBooks } from "@countinghouse/hot";
import { type KeptDeadLetter, listDeadLetters } from "@countinghouse/log";
import { differences, expectedMetrics } from "../comparison.ts";
import type { Recount } from "../oracle.ts";
import { waitUntil } from "../wait_until.ts";
import type { Surroundings } from "./rollup_surroundings.ts";

/** The books of all partitions together. */
export interface Books {
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly late: number;
  readonly skewed: number;
  readonly archived: number;
}

/** How readers show minutes here; neither money of the reporting currency nor the status is compared. */
const RULES = {
  convert: () => undefined,
  reportingCurrency: undefined,
  allowedLatenessMs: 0,
};

/** The books of all partitions together, as they are stored. */
export async function booksOf({ hot }: Surroundings): Promise<Books> {
  const sum = { read: 0, counted: 0, duplicates: 0, dead_lettered: 0, late: 0, skewed: 0, archived: 0 };
  for (const partition of await readBooks(hot.database)) {
    for (const entry of Object.keys(sum) as (keyof Books)[]) sum[entry] += partition[entry];
  }
  return sum;
}

/** How far each partition is stored. */
export async function storedThrough({ hot }: Surroundings): Promise<ReadonlyMap<number, number>> {
  return new Map((await readBooks(hot.database)).map(({ partition, through }) => [partition, through]));
}

/** Waits until the books hold so many records, all of them, and every partition says that it is caught up. */
export async function untilRead(
  surroundings: Surroundings,
  records: number,
  deadlineMs: number,
): Promise<Books> {
  return await waitUntil(`${records} records in the books`, deadlineMs, async () => {
    const books = await booksOf(surroundings);
    if (books.read > records) throw new Error(`the books hold ${books.read} records, which is too many`);
    const partitions = await readBooks(surroundings.hot.database);
    return books.read === records && partitions.length > 0 && partitions.every(({ through, end }) =>
      through === end
    ) && books;
  });
}

/** Every figure of every minute of every store that is not as the recount says, and every store too many. */
async function differencesFrom(recount: Recount, { hot }: Surroundings): Promise<readonly string[]> {
  const reader = createMinuteReader(hot.database, RULES);
  const stored = await collections(hot.database).minutes.distinct("store");
  const stores = new Set([...recount.stores.keys(), ...stored]);
  const found: string[] = [];
  for (const storeId of stores) {
    const windows = await reader.windows({ storeId, startMs: 0, endMs: FAR_AHEAD_MS });
    const metrics = new Map(windows.map(({ _id, metrics }) => [_id, metrics]));
    equal(metrics.size, windows.length, "a minute is there twice");
    const expected = recount.stores.get(storeId) ?? new Map();
    for (const minute of new Set([...expected.keys(), ...metrics.keys()])) {
      found.push(...differences(`${storeId} ${minute}`, expectedMetrics(expected.get(minute)), {
        ...metrics.get(minute),
      }));
    }
  }
  return found;
}

/**
 * Waits until all records are read, and compares everything with the recount: the books, every figure of every
 * minute of every store, and which records are dead letters.
 *
 * @throws {AssertionError} with what is different.
 */
export async function assertEqualToRecount(
  surroundings: Surroundings,
  recount: Recount,
  deadlineMs: number,
): Promise<Books> {
  const { lines, counted, duplicates, refused } = recount;
  const books = await untilRead(surroundings, lines, deadlineMs);
  const { late: _late, skewed: _skewed, archived, ...balance } = books;
  equal(archived, 0);
  deepEqual(balance, { read: lines, counted, duplicates, dead_lettered: refused.length });
  deepEqual(await differencesFrom(recount, surroundings), []);
  equal((await deadLettersOf(surroundings)).length, refused.length);
  return books;
}

/** Every dead letter, partition by partition. */
export async function deadLettersOf(
  { log, deadLetterTopic }: Surroundings,
): Promise<readonly KeptDeadLetter[]> {
  return await Array.fromAsync(listDeadLetters(log, deadLetterTopic, AbortSignal.timeout(20_000)));
}

const FAR_AHEAD_MS = Date.parse("2100-01-01T00:00:00Z");
