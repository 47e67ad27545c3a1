import type { Logger } from "@countinghouse/shared/telemetry";
import { isTransient } from "./kafkajs_cluster.ts";
import { pause } from "./retry.ts";

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** What works again so soon (a leader that moved, a coordinator that loads) is nobody's concern. */
const HICCUP_MS = 1_000;

/** How long something is tried. */
export interface Patience {
  /** What is tried, told apart from all else that is: "reading events/0". */
  readonly what: string;
  readonly signal: AbortSignal;
  /** For ever where left out. */
  readonly timeoutMs?: number;
}

/**
 * Tries again what fails because the broker can't be reached, and says so once for all of a client's requests:
 * when the first of them fails, and when the last of them works again.
 */
export class Outage {
  readonly #failing = new Set<string>();
  readonly #logger: Logger;
  #beganMs = 0;
  #told = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * The attempt's result, as soon as there is one.
   *
   * @throws what the attempt throws when trying again can't help, or its time is up; the signal's reason when it
   * aborts while waiting for the next attempt.
   */
  async outlast<T>({ what, signal, timeoutMs = Infinity }: Patience, attempt: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + timeoutMs;
    try {
      for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
        signal.throwIfAborted();
        try {
          const result = await attempt();
          this.#works(what);
          return result;
        } catch (error) {
          if (!isTransient(error) || signal.aborted || performance.now() + waitMs > deadlineMs) throw error;
          this.#fails(what, error);
          await pause(waitMs, signal);
        }
      }
    } finally {
      this.#failing.delete(what);
    }
  }

  #fails(what: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#failing.size === 0) this.#beganMs = performance.now();
    this.#failing.add(what);
    if (this.#told || performance.now() - this.#beganMs < HICCUP_MS) {
      this.#logger.debug("trying again", { while: what, error: message });
      return;
    }
    this.#told = true;
    this.#logger.warn("Kafka does not answer; trying again until it does", { while: what, error: message });
  }

  #works(what: string): void {
    if (!this.#failing.delete(what) || this.#failing.size > 0 || !this.#told) return;
    this.#told = false;
    const seconds = Math.round((performance.now() - this.#beganMs) / 100) / 10;
    this.#logger.info("Kafka answers again", { seconds });
  }
}
