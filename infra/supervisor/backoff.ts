/** How long to wait before a process that died is started again. Milliseconds. */
export interface Backoff {
  /** The wait after the first death. */
  readonly firstMs: number;
  /** The longest wait. */
  readonly mostMs: number;
  /** A process that was up for this long starts afresh: its next death counts as the first. */
  readonly resetAfterMs: number;
}

/** 0.1 s, doubling up to 2 s, afresh after 3 s up: long enough to tell a worker that works from one that cannot start. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, mostMs: 2_000, resetAfterMs: 3_000 };

/** How many deaths in a row there are, after one more that came `upMs` after the start. */
export function deathsInARow(before: number, upMs: number, backoff: Backoff): number {
  return upMs >= backoff.resetAfterMs ? 1 : before + 1;
}

/** The wait before the start that follows the `deaths`-th death in a row (1 = the first). */
export function restartDelayMs(deaths: number, backoff: Backoff): number {
  return Math.min(backoff.mostMs, backoff.firstMs * 2 ** (deaths - 1));
}
