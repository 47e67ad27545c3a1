import type { Fold, Offset } from "@countinghouse/core";
import type { HeadedBatch } from "./log.ts";
import type { PumpOptions } from "./pump.ts";
import { retrying } from "./retry.ts";
import type { SinkBatch } from "./sink.ts";
import { SnapshotSchedule } from "./snapshot_schedule.ts";

/** A quiet partition is written this often all the same, so that readers know that it is alive and caught up. */
const SIGN_OF_LIFE_MS = 1_000;
/** So many records behind the end of the log, numbers are not live anyway, and what is read soon changes them again. */
const FAR_BEHIND_RECORDS = 5_000;
/** The least pause between two writes then. */
const FAR_BEHIND_PAUSE_MS = 1_000;

/**
 * Writes what one partition's fold has changed, one write at a time: at once when the last write is a tick ago,
 * otherwise when it is, and not at all while a fold that comes from a snapshot reads what the sink has already.
 * Snapshots are saved beside the writes, so that a large one does not hold up live numbers.
 */
export class PumpWriter<Change, Stored> {
  /** Rejects when writing has failed for good; never resolves. */
  readonly failed: Promise<never>;
  readonly #options: PumpOptions<Change, Stored>;
  readonly #snapshots: SnapshotSchedule;
  readonly #fold: Fold<Change, Stored>;
  /** Below this the sink has everything but perhaps what is wanted less often; writing it again would be in vain. */
  readonly #storedThrough: Offset;
  readonly #signal: AbortSignal;
  readonly #fail: (error: unknown) => void;
  #pendingRecords = 0;
  /** Records per second before the last write. */
  #rateBefore = 0;
  #end: Offset;
  #caughtUpMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #saving: Promise<void> | undefined;
  #closed = false;
  /** Taken from the fold, and not known to be stored: nothing may be written before it. */
  #unwritten: SinkBatch<Change> | undefined;
  /** When the last write began, and when it ended. */
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #lastWholeMs = Number.NEGATIVE_INFINITY;

  constructor(
    options: PumpOptions<Change, Stored>,
    fold: Fold<Change, Stored>,
    storedThrough: Offset,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#snapshots = new SnapshotSchedule(options);
    this.#fold = fold;
    this.#storedThrough = storedThrough;
    this.#signal = signal;
    this.#end = fold.through;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.failed = promise;
    this.#fail = reject;
  }

  /** Notes that a batch was folded in; waits when the sink is too far behind. */
  async folded(batch: HeadedBatch): Promise<void> {
    this.#pendingRecords += batch.records.length;
    this.#snapshots.folded(batch.records.length);
    this.#end = batch.end;
    if (batch.through === batch.end) this.#caughtUpMs = batch.endSeenMs;
    if (this.#pendingRecords >= this.#options.maxPendingRecords) {
      await this.settled();
      this.#begin();
    } else this.#schedule();
  }

  /** Waits until no write is under way. */
  async settled(): Promise<void> {
    if (this.#writing !== undefined) await Promise.race([this.#writing, this.failed]);
  }

  /**
   * Writes what is left, with a snapshot, within the budget. What does not make it is let go: it is in the log,
   * and whoever takes the partition over reads it from there.
   */
  async drain(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const { drainMs, logger, partition } = this.#options;
    const budget = AbortSignal.timeout(drainMs);
    await this.#writeRest(budget);
    if (budget.aborted) {
      logger.warn("let go before all was written, for the next reader to do", { partition, drainMs });
    }
  }

  async #writeRest(budget: AbortSignal): Promise<void> {
    await withinBudget(budget, this.#writing);
    if (this.#unwritten !== undefined) await withinBudget(budget, this.#write(this.#unwritten, budget));
    if (this.#unwritten !== undefined || budget.aborted) return;
    const { batch, snapshot } = this.#take(true);
    await withinBudget(budget, this.#write(batch, budget));
    await withinBudget(budget, this.#saving);
    if (snapshot !== undefined && !budget.aborted) {
      await withinBudget(budget, this.#save(batch, snapshot, budget));
    }
  }

  #schedule(): void {
    if (this.#writing !== undefined || this.#closed) return;
    if (this.#fold.through < this.#storedThrough) return;
    clearTimeout(this.#timer);
    const waitMs = this.#dueMs() - performance.now();
    if (waitMs <= 0) this.#begin();
    else this.#timer = setTimeout(() => this.#begin(), waitMs);
  }

  /** When the next write should begin. */
  #dueMs(): number {
    if (this.#end - this.#fold.through >= FAR_BEHIND_RECORDS) {
      return this.#writtenMs + Math.max(FAR_BEHIND_PAUSE_MS, this.#options.tickMs);
    }
    return this.#lastWriteMs + (this.#pendingRecords > 0 ? this.#tickMs : SIGN_OF_LIFE_MS);
  }

  /** Busy is what was busy before and still is: neither a burst nor the rest of one is held back. */
  get #tickMs(): number {
    const { tickMs, busyTickMs } = this.#options;
    if (busyTickMs === undefined) return tickMs;
    return Math.max(tickMs, busyTickMs(Math.min(this.#rateBefore, this.#rate)));
  }

  /** Records per second since the last write. */
  get #rate(): number {
    const sinceMs = Math.max(performance.now() - this.#lastWriteMs, this.#options.tickMs);
    return this.#pendingRecords / sinceMs * 1_000;
  }

  #begin(): void {
    clearTimeout(this.#timer);
    if (this.#writing !== undefined || this.#closed) return;
    this.#writing = this.#writeWhatChanged().catch(this.#fail);
  }

  async #writeWhatChanged(): Promise<void> {
    const { batch, snapshot } = this.#take(this.#snapshotDue());
    await this.#write(batch, this.#signal);
    this.#writing = undefined;
    this.#writtenMs = performance.now();
    if (snapshot !== undefined) this.#saving = this.#save(batch, snapshot, this.#signal);
    this.#schedule();
  }

  #take(withSnapshot: boolean): { batch: SinkBatch<Change>; snapshot: Uint8Array | undefined } {
    const { partition, sink, wholeTickMs } = this.#options;
    this.#rateBefore = this.#rate;
    this.#lastWriteMs = performance.now();
    this.#pendingRecords = 0;
    const isWholeDue = this.#hasWritten && this.#lastWriteMs - this.#lastWholeMs >= wholeTickMs;
    const whole = withSnapshot || isWholeDue;
    if (whole) this.#lastWholeMs = this.#lastWriteMs;
    const batch = {
      partition,
      through: this.#fold.through,
      end: this.#end,
      caughtUpMs: this.#caughtUpMs,
      change: this.#fold.take(whole),
    };
    if (!withSnapshot || sink.snapshots === undefined) return { batch, snapshot: undefined };
    const snapshot = this.#fold.snapshot();
    this.#snapshots.taken(snapshot.length, this.#lastWriteMs);
    return { batch, snapshot };
  }

  /** After a start live numbers come first: what is written less often, and a snapshot, with the write after them. */
  get #hasWritten(): boolean {
    return this.#writtenMs > Number.NEGATIVE_INFINITY;
  }

  #snapshotDue(): boolean {
    return this.#hasWritten && this.#saving === undefined && this.#snapshots.isDue(performance.now());
  }

  async #write(batch: SinkBatch<Change>, signal: AbortSignal): Promise<void> {
    const { sink, logger, onProgress } = this.#options;
    this.#unwritten = batch;
    await retrying(`writing partition ${batch.partition}`, logger, signal, () => sink.write(batch));
    this.#unwritten = undefined;
    onProgress?.({ partition: batch.partition, through: batch.through, end: batch.end });
  }

  async #save({ partition, through }: SinkBatch<Change>, snapshot: Uint8Array, signal: AbortSignal) {
    const { sink, logger } = this.#options;
    try {
      await sink.snapshots?.save(partition, through, snapshot);
    } catch (error) {
      // The next one is due soon, and the log holds everything since the last.
      if (!signal.aborted) logger.warn("could not save a snapshot", { partition, error: String(error) });
    } finally {
      this.#saving = undefined;
    }
  }
}

/** Waits for work, but not beyond the budget, and not for its success. */
async function withinBudget(budget: AbortSignal, work: Promise<unknown> | undefined): Promise<void> {
  const spent = new Promise<void>((resolve) => {
    if (budget.aborted) resolve();
    else budget.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([spent, work?.catch(() => {})]);
}
