import type { Log, NewRecord } from "@countinghouse/log";
import { type DeadLetter, encodeDeadLetter } from "@countinghouse/log/dead_letter";

/** Where records go, and how long they may take. */
export interface FrontDoorOptions {
  readonly log: Pick<Log, "append" | "ranges">;
  readonly topics: { readonly events: string; readonly deadLetters: string };
  readonly ackTimeoutMs: number;
}

/** What the broker said: "unacknowledged" means that any part of it may be stored, or not. */
export type Acknowledgement =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string };

/**
 * Puts events, and what was refused, into the log. What comes in while a batch is under way makes up the next one,
 * in the log's client, so that many small requests cost the broker few large ones.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  #lastPartition: Promise<number> | undefined;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** Answers within the time limit, whatever the broker does. */
  async append(events: readonly NewRecord[], letters: readonly DeadLetter[]): Promise<Acknowledgement> {
    const { log, topics, ackTimeoutMs } = this.#options;
    const appends = Promise.all([
      events.length > 0 ? log.append(topics.events, events) : undefined,
      letters.length > 0 ? this.#appendLetters(letters) : undefined,
    ]).then((): Acknowledgement => ({ ok: true }), (error: Error): Acknowledgement => {
      return { ok: false, reason: error.message };
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<Acknowledgement>((resolve) => {
      const reason = `no acknowledgement within ${ackTimeoutMs} ms`;
      timer = setTimeout(() => resolve({ ok: false, reason }), ackTimeoutMs);
    });
    try {
      return await Promise.race([appends, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** To the topic's last partition, which is for what was refused before it had an offset anywhere. */
  async #appendLetters(letters: readonly DeadLetter[]): Promise<void> {
    const { log, topics } = this.#options;
    this.#lastPartition ??= log.ranges(topics.deadLetters).then((ranges) => ranges.length - 1);
    let partition: number;
    try {
      partition = await this.#lastPartition;
    } catch (error) {
      this.#lastPartition = undefined;
      throw error;
    }
    await log.append(topics.deadLetters, letters.map((letter) => encodeDeadLetter(letter, partition)));
  }
}
