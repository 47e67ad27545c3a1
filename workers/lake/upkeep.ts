import type { Assignment } from "@countinghouse/log";
import { pause } from "@countinghouse/log";
import { type CompactionOptions, compactLake, type Lake } from "@countinghouse/lake";
import type { Logger } from "@countinghouse/shared/telemetry";

/** What the upkeep of a lake is done with. */
export interface UpkeepOptions {
  readonly lake: Lake;
  readonly compaction: CompactionOptions;
  /** The pause between two rounds. */
  readonly intervalMs: number;
  readonly logger: Logger;
}

/**
 * Keeps the lake tidy until the signal aborts: makes good what crashed writers left, and compacts. One that fails is
 * tried again in the next round.
 */
export async function keepLake(
  { lake, compaction, intervalMs, logger }: UpkeepOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await lake.settle();
      const replaced = await compactLake(lake, compaction, signal);
      if (replaced > 0) logger.info("compacted the lake", { filesReplaced: replaced });
    } catch (error) {
      logger.warn("could not tidy the lake; trying again soon", { error: String(error) });
    }
    await pause(intervalMs, signal).catch(() => {});
  }
}

/** Does work for as long as it is this process's turn, by an assignment of one partition that stands for the turn. */
export async function whenInTurn(
  turn: Assignment,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  const end = async () => {
    running?.stop.abort();
    await running?.ended;
    running = undefined;
    await turn.release(0);
  };
  for await (const held of turn.watch(signal)) {
    if (!held.has(0)) await end();
    else if (running === undefined) {
      const stop = new AbortController();
      running = { stop, ended: work(AbortSignal.any([signal, stop.signal])) };
    }
  }
  await end();
}
