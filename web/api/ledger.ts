import { Hono } from "hono";
import type { PartitionBooks } from "@countinghouse/hot";
import type { LakeBooks } from "@countinghouse/lake/books";
import { withDeadline } from "./deadline.ts";
import { parseStore } from "./parameters.ts";

/** How long a sink may take to say what it holds. */
const DEADLINE_MS = 3_000;

/** Where the ledger's figures come from. A sink that can't be asked is null; one that isn't there yet, too. */
export interface LedgerSources {
  readonly books: () => Promise<readonly PartitionBooks[]>;
  /** Records in the dead-letter topic. */
  readonly deadLetters: () => Promise<number | null>;
  /** Events that a sink holds. */
  readonly sinks: {
    readonly hot: () => Promise<number | null>;
    readonly warehouse: () => Promise<number | null>;
    readonly lake: () => Promise<number | null>;
  };
}

/** The books over all partitions. */
export interface BooksTotal {
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
}

/**
 * How many events the lake holds: its rows, less the duplicates among them. The lake keeps every record of the log;
 * which of them are duplicates is in the books of the rollup, which goes through the same log. Exact when both are
 * equally far, and while they are not, off by what lies between them.
 */
export function eventsInLake(
  lake: readonly Pick<LakeBooks, "held">[],
  books: readonly Pick<PartitionBooks, "duplicates">[],
): number {
  const rows = lake.reduce((total, { held }) => total + held, 0);
  return Math.max(0, rows - books.reduce((total, { duplicates }) => total + duplicates, 0));
}

/** Adds up the books of all partitions. */
export function totalBooks(books: readonly PartitionBooks[]): BooksTotal {
  const sum = (entry: keyof BooksTotal) => books.reduce((total, partition) => total + partition[entry], 0);
  return {
    read: sum("read"),
    counted: sum("counted"),
    duplicates: sum("duplicates"),
    dead_lettered: sum("dead_lettered"),
  };
}

/**
 * `/ledger`: what became of every record read. The books are those of the log's partitions, which all stores share,
 * so `store_id` changes nothing here.
 */
export function ledgerRoute(sources: LedgerSources): Hono {
  return new Hono().get("/ledger", async (c) => {
    parseStore(c.req.query());
    const [books, deadLetters, hot, warehouse, lake] = await Promise.all([
      sources.books(),
      orNull(sources.deadLetters),
      orNull(sources.sinks.hot),
      orNull(sources.sinks.warehouse),
      orNull(sources.sinks.lake),
    ]);
    return c.json({
      ...totalBooks(books),
      dead_letters: deadLetters,
      sinks: { hot, warehouse, lake },
      partitions: books,
    });
  });
}

/** A figure whose source is away is null, so that the rest of the ledger can still be read. */
async function orNull(figure: () => Promise<number | null>): Promise<number | null> {
  try {
    return await withDeadline(figure(), DEADLINE_MS);
  } catch {
    return null;
  }
}
