import { type ColdStore, type Refreshed, refreshRollups } from "@countinghouse/cold";
import { type Assignment, pause } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";

/** What keeps the rollups of the warehouse fresh. */
export interface RefresherOptions {
  readonly store: ColdStore;
  /** Of one partition, 0: whoever has it refreshes. */
  readonly assignment: Assignment;
  readonly logger: Logger;
  readonly now: () => number;
  /** Between two refreshes, at least. */
  readonly pauseMs: number;
}

/** So much longer than a refresh took is the pause after it, so that refreshing takes a tenth of the time at most. */
const PAUSE_PER_TAKEN = 9;

/**
 * Refreshes the rollups again and again while it is this worker's turn. Nothing depends on it but how much readers
 * have to do: what is not rolled up they take from the events.
 */
export async function keepRollupsFresh(options: RefresherOptions, signal: AbortSignal): Promise<void> {
  const { assignment, logger } = options;
  let turn: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  const end = async () => {
    turn?.stop.abort();
    await turn?.ended;
    if (turn !== undefined) await assignment.release(0);
    turn = undefined;
  };
  for await (const mine of assignment.watch(signal)) {
    if (!mine.has(0)) await end();
    else if (turn === undefined) {
      const stop = new AbortController();
      const ended = refreshAgain(options, AbortSignal.any([signal, stop.signal]));
      turn = { stop, ended };
      logger.debug("refreshing rollups");
    }
  }
  await end();
}

async function refreshAgain(
  { store, logger, now, pauseMs }: RefresherOptions,
  signal: AbortSignal,
): Promise<void> {
  let since: Refreshed | undefined;
  while (!signal.aborted) {
    const begunMs = performance.now();
    try {
      since = await refreshRollups(store, {
        ...(since === undefined ? {} : { since }),
        settledMs: now() - pauseMs,
        signal,
      });
    } catch (error) {
      logger.debug("could not refresh rollups; trying again", { error: String(error) });
    }
    const tookMs = performance.now() - begunMs;
    await pause(Math.max(pauseMs, PAUSE_PER_TAKEN * tookMs), signal).catch(() => {});
  }
}
