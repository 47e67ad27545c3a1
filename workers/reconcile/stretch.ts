import { MINUTE_MS } from "@countinghouse/core";

/** Minutes that start in [fromMs, toMs). */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A question for more minutes than this is asked in parts. */
const LONGEST_MINUTES = 360;
/** Minutes that are this close are asked for together. */
const GAP_MINUTES = 30;

/** Stretches that hold these minutes, few and not too long, in ascending order. */
export function stretchesOf(minutesMs: Iterable<number>): Stretch[] {
  const stretches: Stretch[] = [];
  for (const fromMs of [...new Set(minutesMs)].sort((a, b) => a - b)) {
    const toMs = fromMs + MINUTE_MS;
    const last = stretches.at(-1);
    const isNear = last !== undefined && fromMs - last.toMs <= GAP_MINUTES * MINUTE_MS &&
      toMs - last.fromMs <= LONGEST_MINUTES * MINUTE_MS;
    if (isNear) stretches[stretches.length - 1] = { fromMs: last.fromMs, toMs };
    else stretches.push({ fromMs, toMs });
  }
  return stretches;
}

/** The stretch from the first to the last of these minutes. */
export function spanOf(minutes: readonly { readonly minuteMs: number }[]): Stretch {
  const starts = minutes.map(({ minuteMs }) => minuteMs);
  return { fromMs: Math.min(...starts), toMs: Math.max(...starts) + MINUTE_MS };
}
