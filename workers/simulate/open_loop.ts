import type { NewRecord } from "@countinghouse/log";
import { Backlog } from "./backlog.ts";
import type { Delivery } from "./delivery.ts";

const TICK_MS = 10;
const MOST_PER_TURN = 2_000;
const MOST_PER_APPEND = 5_000;
const MOST_BACKLOG_BYTES = 64 * 1024 * 1024;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

/** What the loop touches of the world. */
export interface OpenLoopPorts {
  /** Resolves when the broker has acknowledged all records. */
  append(records: readonly NewRecord[]): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
  /** Told of every attempt to append that failed; the loop tries again. */
  failed(error: unknown): void;
}

/** How far the loop is. */
export interface OpenLoopStatus {
  /** Records handed to the broker, tries again not counted. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Records given up because the backlog was full when they were due. */
  readonly skipped: number;
  /** How long the oldest record has been due that is not acknowledged. */
  readonly lagMs: number;
  readonly worstLagMs: number;
}

/**
 * Sends records at their intended times, whatever the broker does: what is due while the broker is slow or away
 * waits in a bounded backlog, and what does not fit is skipped and counted, as a shop's visitors don't wait either.
 * Records meant for before the loop began are history: they are sent as fast as the broker takes them and never
 * skipped.
 *
 * One append is in flight at a time and takes all that became due meanwhile, so that records of a user keep their
 * order even when an append is tried again.
 */
export class OpenLoop {
  readonly #source: Iterator<Delivery, undefined>;
  readonly #ports: OpenLoopPorts;
  readonly #backlog: Backlog;
  readonly #startedMs: number;
  #next: Delivery | undefined;
  #generating = true;
  #wake = () => {};
  #sent = 0;
  #acknowledged = 0;
  #skipped = 0;
  #worstLagMs = 0;

  constructor(
    source: Iterator<Delivery, undefined>,
    ports: OpenLoopPorts,
    mostBacklogBytes = MOST_BACKLOG_BYTES,
  ) {
    this.#source = source;
    this.#ports = ports;
    this.#backlog = new Backlog(mostBacklogBytes);
    this.#startedMs = ports.now();
    this.#next = source.next().value;
  }

  /** How far it is now. */
  get status(): OpenLoopStatus {
    return {
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      skipped: this.#skipped,
      lagMs: this.#lagMs(),
      worstLagMs: this.#worstLagMs,
    };
  }

  /** Resolves when the schedule is over, or the signal has aborted, and the broker has acknowledged the backlog. */
  async run(signal: AbortSignal): Promise<void> {
    const sending = this.#send();
    await this.#generate(signal);
    this.#generating = false;
    this.#wake();
    await sending;
  }

  async #generate(signal: AbortSignal): Promise<void> {
    while (this.#next !== undefined && !signal.aborted) {
      const now = this.#ports.now();
      for (let turn = 0; turn < MOST_PER_TURN && this.#isDue(now); turn++) this.#offer(this.#next!);
      this.#wake();
      await this.#ports.sleep(this.#isDue(now) ? 0 : TICK_MS);
    }
  }

  /** Whether the next record is to be taken: its time has come, and if it is history, there is room for it. */
  #isDue(now: number): boolean {
    return this.#next !== undefined && this.#next.intendedMs <= now &&
      !(this.#backlog.full && this.#isHistory(this.#next));
  }

  #isHistory(record: Delivery): boolean {
    return record.intendedMs < this.#startedMs;
  }

  #offer(record: Delivery): void {
    if (this.#backlog.full) this.#skipped++;
    else this.#backlog.push(record);
    this.#next = this.#source.next().value;
  }

  async #send(): Promise<void> {
    while (true) {
      const batch = this.#backlog.peek(MOST_PER_APPEND);
      if (batch.length > 0) {
        this.#sent += batch.length;
        await this.#appendUntilAcknowledged(batch);
        this.#worstLagMs = Math.max(this.#worstLagMs, this.#lagMs());
        this.#acknowledged += batch.length;
        this.#backlog.drop(batch.length);
      } else if (this.#generating) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      } else {
        return;
      }
    }
  }

  async #appendUntilAcknowledged(batch: readonly Delivery[]): Promise<void> {
    const records = batch.map(({ key, value }) => ({ key, value }));
    for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await this.#ports.append(records);
      } catch (error) {
        this.#ports.failed(error);
        await this.#ports.sleep(waitMs);
      }
    }
  }

  #lagMs(): number {
    const waiting = this.#backlog.oldest ?? this.#next;
    if (waiting === undefined || this.#isHistory(waiting)) return 0;
    return Math.max(0, this.#ports.now() - waiting.intendedMs);
  }
}
