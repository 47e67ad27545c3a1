import type { Log } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import { OpenLoop } from "./open_loop.ts";
import { simulate, type SimulationOptions } from "./simulation.ts";
import { statusText, summaryText } from "./status_text.ts";

const STATUS_EVERY_MS = 5_000;
/** How long a stopped simulation waits for what is under way. */
const FLUSH_MS = 1_500;

/** Where a simulation's events go and what it says. */
export interface RunPorts {
  readonly log: Log;
  readonly topic: string;
  readonly logger: Logger;
  /** Shows a line of status in place of the one before. */
  status(line: string): void;
}

/**
 * Sends a simulated shop's events to the log until its schedule is over or the signal aborts, and says every few
 * seconds how it goes. Answers the last words.
 */
export async function runSimulation(
  options: SimulationOptions,
  { log, topic, logger, status }: RunPorts,
  signal: AbortSignal,
): Promise<string> {
  let failing = false;
  const loop = new OpenLoop(simulate(options), {
    now: Date.now,
    sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    append: async (records) => {
      await log.append(topic, records);
      failing = false;
    },
    failed: (error) => {
      if (!failing && !signal.aborted) {
        logger.warn("the broker does not acknowledge, trying again", { error: String(error) });
      }
      failing = true;
    },
  });
  const startedMs = performance.now();
  let last = { status: loop.status, atMs: startedMs };
  const timer = setInterval(() => {
    const now = { status: loop.status, atMs: performance.now() };
    const line = statusText(options.rate, last.status, now.status, now.atMs - last.atMs);
    status(line);
    last = now;
  }, STATUS_EVERY_MS);
  try {
    await Promise.race([loop.run(signal), aborted(signal).then(() => wait(FLUSH_MS))]);
  } finally {
    clearInterval(timer);
  }
  return summaryText(loop.status, performance.now() - startedMs);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function wait(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    Deno.unrefTimer(setTimeout(resolve, durationMs));
  });
}
