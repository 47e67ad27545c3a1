import { sleep } from "./sleep.ts";

const ASK_EVERY_MS = 2_000;
const HUNG_AFTER_MS = 30_000;
/** Silence counts for so many times the usual pause at most, per question. */
const MOST_PAUSES = 3;

/** How to tell that a process hangs: it runs, it may even accept connections, but it does not answer any more. */
export interface HealthCheck {
  /** Asks it a real question, and gives up within seconds. @throws as long as it has no answer. */
  readonly ask: () => Promise<void>;
  readonly askEveryMs?: number;
  readonly hungAfterMs?: number;
}

/**
 * Resolves with how long it has not answered when a process hangs, and with undefined when the signal aborts before.
 * Whoever has not answered once is still starting, however long that takes. Only questions that were really asked
 * count, so that a machine which slept finds nothing hung when it wakes up.
 */
export async function untilHung(check: HealthCheck, signal: AbortSignal): Promise<number | undefined> {
  const { ask, askEveryMs = ASK_EVERY_MS, hungAfterMs = HUNG_AFTER_MS } = check;
  let hasAnswered = false;
  let silentMs = 0;
  while (!signal.aborted) {
    const askedAt = performance.now();
    const answers = await ask().then(() => true, () => false);
    await sleep(askEveryMs, signal);
    hasAnswered ||= answers;
    const passedMs = Math.min(performance.now() - askedAt, MOST_PAUSES * askEveryMs);
    silentMs = answers ? 0 : silentMs + passedMs;
    if (hasAnswered && silentMs >= hungAfterMs) return silentMs;
  }
  return undefined;
}
