import {
  type Fold,
  type MinuteChange,
  type Offset,
  type RecordBatch,
  type StoredWindow,
} from "@countinghouse/core";
import type { Log, Sink } from "@countinghouse/log";
import { includes, type Scope } from "./scope.ts";

/** What a shadow is made of. */
export interface ShadowOptions {
  readonly log: Log;
  readonly topic: string;
  readonly partition: number;
  /** A fold that has taken in nothing, at the start of the log. */
  readonly fold: Fold<MinuteChange, StoredWindow>;
  /** The shadow store. */
  readonly sink: Required<Pick<Sink<MinuteChange, StoredWindow>, "write" | "load">>;
  /** What is stored; the rest is folded in all the same, since one event may be the other's duplicate. */
  readonly scope: Scope;
  readonly onProgress: (through: Offset) => void;
}

/** So many records are folded in between two writes. */
const RECORDS_PER_WRITE = 50_000;

/**
 * Folds one partition of the log again, from its start, into a store of its own, and stops exactly where it is told
 * to: at any offset that the log has reached it holds the documents as they were when a worker stood there.
 */
export class ShadowFold {
  readonly #options: ShadowOptions;
  readonly #signal: AbortSignal;
  readonly #batches: AsyncIterator<RecordBatch>;
  /** What was read and lies behind the last target. */
  #ahead: RecordBatch | undefined;
  #pendingRecords = 0;

  constructor(options: ShadowOptions, signal: AbortSignal) {
    const { log, topic, partition, fold } = options;
    this.#options = options;
    this.#signal = signal;
    this.#batches = log.read(topic, partition, fold.through, signal)[Symbol.asyncIterator]();
  }

  /** Every record below is folded in. */
  get through(): Offset {
    return this.#options.fold.through;
  }

  /** Folds on through an offset that the log has reached; a lower one changes nothing. @throws when aborted. */
  async foldTo(target: Offset): Promise<void> {
    if (this.through >= target) return;
    while (this.through < target) {
      const [batch, ahead] = splitAt(this.#ahead ?? await this.#read(), target);
      this.#ahead = ahead;
      await this.#foldIn(batch);
      this.#options.onProgress(this.through);
    }
    await this.#write();
  }

  /** The whole state, where it stands now. */
  snapshot(): Uint8Array {
    return this.#options.fold.snapshot();
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  async #read(): Promise<RecordBatch> {
    const next = await this.#batches.next();
    this.#signal.throwIfAborted();
    if (next.done) throw new Error("Cannot fold on: the log ended");
    return next.value;
  }

  async #foldIn(batch: RecordBatch): Promise<void> {
    const { fold, sink, partition } = this.#options;
    const keys = fold.needs(batch);
    if (keys.length > 0) fold.load(await sink.load(partition, keys));
    fold.apply(batch);
    this.#pendingRecords += batch.records.length;
    if (this.#pendingRecords >= RECORDS_PER_WRITE) await this.#write();
  }

  async #write(): Promise<void> {
    const { fold, sink, partition, scope } = this.#options;
    this.#pendingRecords = 0;
    const change = fold.take(true);
    await sink.write({
      partition,
      through: fold.through,
      end: fold.through,
      change: {
        ...change,
        minutes: change.minutes.filter((minute) => includes(scope, minute)),
        cohorts: change.cohorts.filter((cohort) => includes(scope, cohort)),
        breakdowns: change.breakdowns.filter((breakdown) => includes(scope, breakdown)),
      },
    });
  }
}

/** The part of a batch below an offset, and the part from there on, if any. */
export function splitAt(batch: RecordBatch, at: Offset): [RecordBatch, RecordBatch | undefined] {
  if (batch.through <= at) return [batch, undefined];
  const isBelow = ({ offset }: { offset: Offset }) => offset < at;
  return [
    { ...batch, records: batch.records.filter(isBelow), through: at },
    { ...batch, records: batch.records.filter((record) => !isBelow(record)), from: at },
  ];
}
