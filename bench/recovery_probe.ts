import type { Db } from "mongodb";
import { readPartitions } from "@countinghouse/hot";
import { type Log, pause } from "@countinghouse/log";

/** What is stored lags by less than this when numbers are current. */
const CURRENT_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** How far each partition is, by number: an offset. */
export type Positions = ReadonlyMap<number, number>;

/** What the log and the store hold at a moment. */
export interface Look {
  readonly atMs: number;
  readonly ends: Positions;
  readonly stored: Positions;
  /** How long ago the oldest record was appended that is not stored yet; 0 when all are. */
  readonly lagMs: number;
}

/** Looks at the log and the store again and again, and so knows when each offset was appended. */
export class RecoveryProbe {
  readonly #log: Log;
  readonly #topic: string;
  readonly #database: Db;
  /** The ends of the log that are not stored yet, oldest first. */
  #seen: { readonly atMs: number; readonly ends: Positions }[] = [];

  constructor(log: Log, topic: string, database: Db) {
    this.#log = log;
    this.#topic = topic;
    this.#database = database;
  }

  /** Looks once. */
  async look(): Promise<Look> {
    const ranges = await this.#log.ranges(this.#topic);
    const atMs = performance.now();
    const ends = new Map(ranges.map(({ partition, end }) => [partition, end]));
    this.#seen.push({ atMs, ends });
    const documents = await readPartitions(this.#database);
    const stored = new Map(documents.map(({ _id, through }) => [_id, through]));
    this.#seen = this.#seen.filter((seen) => !holds(stored, seen.ends));
    return { atMs, ends, stored, lagMs: atMs - (this.#seen[0]?.atMs ?? atMs) };
  }

  /** Looks until a condition holds, and answers when that was. @throws when the signal aborts before. */
  async until(condition: (look: Look) => boolean, signal: AbortSignal): Promise<number> {
    for (;;) {
      const look = await this.look();
      if (condition(look)) return performance.now();
      await pause(LOOK_EVERY_MS, signal);
    }
  }
}

/**
 * Whether numbers are current: in every partition records are stored that were appended later than `since`, and what
 * is not stored yet was appended less than a second ago.
 */
export function isCurrent({ stored, lagMs }: Look, since: Positions): boolean {
  return lagMs < CURRENT_MS && [...since].every(([partition, end]) => (stored.get(partition) ?? 0) > end);
}

/** Whether everything below these ends is stored. */
export function holds(stored: Positions, ends: Positions): boolean {
  return [...ends].every(([partition, end]) => (stored.get(partition) ?? 0) >= end);
}
