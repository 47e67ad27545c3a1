import type { ColdStore } from "./cold_store.ts";
import { ROLLUP_STEPS, type RollupStep, staleRollups } from "./stale_rollups.ts";
import type { TimeRange } from "./time_range.ts";

/** Rollups of a step that answer for the ranges `within` but not `except`. */
export interface RollupPiece {
  readonly step: RollupStep;
  readonly within: readonly TimeRange[];
  readonly except: readonly TimeRange[];
}

/** Which parts of a range are answered by what; together they are the whole of it, and none overlaps another. */
export interface RollupPlan {
  readonly range: TimeRange;
  readonly pieces: readonly RollupPiece[];
  /** Where only the events themselves are up to date. */
  readonly raw: readonly TimeRange[];
}

/** So many stretches are told apart in a query; where there are more, the events of all of them are looked at. */
const MOST_STRETCHES = 100;

/**
 * Takes the coarsest rollups of a step that fits, finer ones where those aren't up to date, and events where none is.
 *
 * @param gridMs The windows asked for begin and end at multiples of this.
 */
export async function planRollups(
  store: ColdStore,
  storeId: string,
  range: TimeRange,
  gridMs: number,
): Promise<RollupPlan> {
  const pieces: RollupPiece[] = [];
  let rest: readonly TimeRange[] = [range];
  for (const step of ROLLUP_STEPS) {
    if (gridMs % step.widthMs !== 0) continue;
    const stale = await staleRollups(store, storeId, step, rest);
    if (stale.length > MOST_STRETCHES) break;
    pieces.push({ step, within: rest, except: stale });
    rest = stale;
    if (rest.length === 0) break;
  }
  return { range, pieces, raw: rest };
}
