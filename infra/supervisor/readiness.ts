import { ToldError } from "@countinghouse/shared/told_error";
import { tail } from "./log_file.ts";
import { sleep } from "./sleep.ts";
import type { SupervisedProcess } from "./supervised_process.ts";

const ASK_EVERY_MS = 50;
const WITHIN_MS = 60_000;
/** A process that ends this often before its first answer won't come up by being started again. */
const MOST_EARLY_DEATHS = 3;

/** A process was started but doesn't answer; the message ends with its last words. */
export class NotReadyError extends ToldError {
  override name = "NotReadyError";
}

/** What is waited for. */
export interface Readiness {
  /** What people call the process. */
  readonly title: string;
  /** Asks it a real question. @throws as long as it has no answer. */
  readonly ask: () => Promise<void>;
  readonly withinMs?: number;
  /** Breaks off the wait, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a process answers.
 *
 * @throws {NotReadyError} when it doesn't in time, or ends again and again.
 */
export async function untilReady(process: SupervisedProcess, readiness: Readiness): Promise<void> {
  const { title, ask, withinMs = WITHIN_MS, signal } = readiness;
  const deadline = performance.now() + withinMs;
  while (true) {
    try {
      await ask();
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const ended = process.deaths >= MOST_EARLY_DEATHS;
      if (ended || performance.now() > deadline) {
        const how = ended
          ? `it ended ${process.deaths} times in a row`
          : `it did not answer within ${withinMs / 1000} s (${(error as Error).message})`;
        const { logFile } = process.spec;
        throw new NotReadyError(
          `Cannot start ${title}: ${how}. The end of ${logFile}:\n${await tail(logFile)}`,
        );
      }
    }
    await sleep(ASK_EVERY_MS, signal);
  }
}
