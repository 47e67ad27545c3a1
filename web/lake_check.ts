import type { PartitionBooks } from "@countinghouse/hot";
import type { LakeBooks } from "@countinghouse/lake/books";
import type { HealthCheck } from "./api/health.ts";

/** On top of the age of a batch, its writing may take so long. */
const WRITING_MS = 30_000;

/** What the lake's check looks at. */
export interface LakeCheckOptions {
  readonly held: () => Promise<readonly LakeBooks[]>;
  readonly books: () => Promise<readonly PartitionBooks[]>;
  readonly now: () => number;
  /** How old a batch of the lake's worker gets before it is written. */
  readonly batchAgeMs: number;
}

/**
 * The lake answers, and its worker is not standing still. It goes through the same log as the rollup; it may be
 * behind, by a batch always and by more after a pause, but then it must be moving.
 */
export function checkLake({ held, books, now, batchAgeMs }: LakeCheckOptions): HealthCheck {
  let last = { reached: NaN, sinceMs: 0 };
  return async () => {
    const lake = new Map((await held()).map(({ partition, through }) => [partition, through]));
    const reached = lake.values().reduce((sum, through) => sum + through, 0);
    if (reached !== last.reached) last = { reached, sinceMs: now() };
    const lag = (await books()).reduce(
      (sum, { partition, through }) => sum + Math.max(0, through - (lake.get(partition) ?? 0)),
      0,
    );
    const stillMs = now() - last.sinceMs;
    if (lag > 0 && stillMs > batchAgeMs + WRITING_MS) {
      throw new Error(
        `the lake is ${lag} records behind and has stood still for ${Math.round(stillMs / 1_000)} s`,
      );
    }
    return { reached, lag };
  };
}
