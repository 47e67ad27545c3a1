import type { Logger } from "@countinghouse/shared/telemetry";

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/**
 * Tries something until it works, waiting longer from time to time, and says so once when it begins to fail and
 * once when it works again.
 *
 * @throws the signal's reason when it aborts before the work is done.
 */
export async function retrying<T>(
  what: string,
  logger: Logger,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  for (let failures = 0;; failures++) {
    try {
      const result = await attempt();
      if (failures > 0) {
        logger.info(`works again: ${what}`, { failures, seconds: secondsSince(startedMs) });
      }
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (failures === 0) logger.warn(`failed, trying again: ${what}`, { error: messageOf(error) });
      await pause(Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS), signal);
    }
  }
}

/** Waits, or rejects with the signal's reason as soon as it aborts. */
export function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, waitMs);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 100) / 10;
}
