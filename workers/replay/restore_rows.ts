import { ColdSink, type ColdStore, type EventRow, refreshRollups } from "@countinghouse/cold";
import { type Lake, readLakeRecords, readLakeRows } from "@countinghouse/lake";
import { ErasedUsers } from "./erased_users.ts";
import { forgetRollups } from "./forget_rollups.ts";
import { insertRows } from "./insert_rows.ts";
import { missingRows } from "./missing_rows.ts";
import { EVERYTHING, type Scope } from "./scope.ts";

/** What a warehouse is restored with. */
export interface RestoreOptions {
  readonly lake: Lake;
  readonly store: ColdStore;
  /** Events of these times; undefined is everything. */
  readonly scope: Scope | undefined;
  readonly dryRun: boolean;
  readonly nowMs: () => number;
  readonly onProgress: (looked: number) => void;
}

/** What a restoration came to, in rows. */
export interface RestoreTally {
  /** Rows of the lake that were looked at. */
  readonly looked: number;
  /** Of those, the ones that the warehouse should hold and does not. */
  readonly missing: number;
  readonly inserted: number;
  /** Not held, and left out: they are of users that were erased. */
  readonly erased: number;
  /** Not held, and left to the warehouse's worker: it has not come to them yet. */
  readonly ahead: number;
}

/** Rows that are inserted at a time. */
const INSERT_ROWS = 20_000;

/**
 * Inserts what the lake holds and the warehouse does not. Twice does no harm: a row is named by its record.
 *
 * The warehouse's position is that of its last row, so nothing may be inserted behind it unless all before it is
 * there. Of an interval, such rows are left to the worker; of everything, they come first, in the log's order.
 */
export async function restoreRows(options: RestoreOptions, signal: AbortSignal): Promise<RestoreTally> {
  const { scope, dryRun, store, nowMs } = options;
  const restoring = new Restoring(options, signal);
  await restoring.begin();
  if (scope === undefined && !dryRun) await restoring.appendBehind();
  const tally = await restoring.fillIn();
  if (tally.inserted > 0) await refreshRollups(store, { settledMs: nowMs(), signal });
  return tally;
}

class Restoring {
  readonly #options: RestoreOptions;
  readonly #signal: AbortSignal;
  readonly #positions = new Map<number, number>();
  readonly #tally = { looked: 0, missing: 0, inserted: 0, erased: 0, ahead: 0 };
  #erasedUsers: ErasedUsers | undefined;
  #waiting: EventRow[] = [];

  constructor(options: RestoreOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async begin(): Promise<void> {
    const { lake, store } = this.#options;
    const sink = new ColdSink(store);
    for (const partition of (await lake.refresh()).positions.keys()) {
      this.#positions.set(partition, await sink.position(partition));
    }
    this.#erasedUsers = await ErasedUsers.read(store);
  }

  /** What lies between the warehouse's positions and the lake's, in the log's order. */
  async appendBehind(): Promise<void> {
    const { lake } = this.#options;
    for (const [partition, from] of this.#positions) {
      const through = lake.manifest.position(partition);
      for await (const window of readLakeRecords(lake, { partition, from, through })) {
        this.#signal.throwIfAborted();
        const rows = await this.#erasedUsers!.leftOut(window.rows);
        this.#tally.missing += rows.length;
        await this.#insert(rows);
        this.#positions.set(partition, window.through);
      }
    }
  }

  /** What is missing before the positions. */
  async fillIn(): Promise<RestoreTally> {
    const { lake, store, scope = EVERYTHING, dryRun, onProgress } = this.#options;
    const tally = this.#tally;
    const range = { ...scope, ...(scope.store === undefined ? {} : { storeId: scope.store }) };
    for await (const rows of readLakeRows(lake, range)) {
      this.#signal.throwIfAborted();
      const lost = await missingRows(store, rows);
      const wanted = await this.#erasedUsers!.leftOut(lost);
      const restorable = wanted.filter((row) => this.#isRestorable(row));
      tally.looked += rows.length;
      tally.erased += lost.length - wanted.length;
      tally.ahead += wanted.length - restorable.length;
      tally.missing += restorable.length;
      onProgress(tally.looked);
      if (dryRun) continue;
      this.#waiting.push(...restorable);
      if (this.#waiting.length >= INSERT_ROWS) await this.#insertWaiting();
    }
    await this.#insertWaiting();
    return { ...tally };
  }

  #isRestorable({ partition, offset }: EventRow): boolean {
    const { scope, dryRun } = this.#options;
    return scope === undefined && dryRun || offset < (this.#positions.get(partition) ?? 0);
  }

  async #insertWaiting(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    await this.#insert(rows);
  }

  /** Rollups go first: killed in between, what is left of them is right, and readers ask the events. */
  async #insert(rows: readonly EventRow[]): Promise<void> {
    if (rows.length === 0) return;
    await forgetRollups(this.#options.store, rows);
    await insertRows(this.#options.store, rows);
    this.#tally.inserted += rows.length;
  }
}
