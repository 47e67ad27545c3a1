import { setImmediate } from "node:timers";

/** A simulation that is not over after so much of its own time hangs. */
const LONGEST_MS = 3_600_000;

interface Timer {
  readonly dueMs: number;
  /** Undefined for a timer that goes off once. */
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

/**
 * Runs work in a time of its own: `setTimeout`, `setInterval`, `performance.now` and `AbortSignal.timeout` follow a
 * clock that begins at 0 and jumps to the next timer as soon as nothing else is left to do. So hours pass in a
 * moment, and work that waits for timers alone goes the same way every time. What still waits when the work is done
 * never goes on. One at a time: the clock is everybody's.
 *
 * @throws {Error} when nothing is left that could end the work, or it takes longer than {@link LONGEST_MS}.
 */
export async function inSimulatedTime<T>(work: () => Promise<T>): Promise<T> {
  const clock = new SimulatedClock();
  const restore = clock.install();
  try {
    let settled = false;
    const result = work().finally(() => settled = true);
    result.catch(() => {});
    for (;;) {
      // Runs when no microtask is left.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (settled) return await result;
      clock.jump();
    }
  } finally {
    restore();
  }
}

/** Lets simulated time pass. */
export function sleep(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}

class SimulatedClock {
  #nowMs = 0;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  /** Puts the clock in the place of the real one; answers what puts that back. */
  install(): () => void {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const { timeout } = AbortSignal;
    const clear = (id: unknown) => void this.#timers.delete(id as number);
    Object.assign(globalThis, {
      setTimeout: (run: () => void, waitMs = 0) => this.#add(waitMs, undefined, run),
      setInterval: (run: () => void, everyMs: number) => this.#add(everyMs, everyMs, run),
      clearTimeout: clear,
      clearInterval: clear,
    });
    Object.assign(performance, { now: () => this.#nowMs });
    AbortSignal.timeout = (waitMs) => {
      const controller = new AbortController();
      this.#add(waitMs, undefined, () => controller.abort(new DOMException("timed out", "TimeoutError")));
      return controller.signal;
    };
    return () => {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      Reflect.deleteProperty(performance, "now");
      AbortSignal.timeout = timeout;
    };
  }

  /** Goes to the next timer and lets it go off; of several at once, the one that was set first. */
  jump(): void {
    let next: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      if (next === undefined || entry[1].dueMs < next[1].dueMs) next = entry;
    }
    if (next === undefined) throw new Error("Cannot go on: nothing is left to wait for");
    const [id, { dueMs, everyMs, run }] = next;
    if (dueMs > LONGEST_MS) {
      throw new Error(`Cannot go on: the simulation is not over after ${LONGEST_MS} ms`);
    }
    this.#timers.delete(id);
    this.#nowMs = dueMs;
    if (everyMs !== undefined) this.#timers.set(id, { dueMs: dueMs + everyMs, everyMs, run });
    run();
  }

  #add(waitMs: number, everyMs: number | undefined, run: () => void): number {
    this.#timers.set(++this.#lastId, { dueMs: this.#nowMs + Math.max(0, waitMs), everyMs, run });
    return this.#lastId;
  }
}
