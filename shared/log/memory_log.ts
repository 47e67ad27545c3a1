import { type Offset, START } from "@countinghouse/core";
import { type HeadedBatch, type HeadedRecord, type Log, type NewRecord, OffsetGoneError } from "./log.ts";
import type { PartitionRange } from "./log.ts";
import { partitionOf } from "./partitioner.ts";

/** What can go wrong, each with a probability from 0 to 1. Reading neither skips nor repeats a record. */
export interface MemoryLogFaults {
  /** An append fails and stores nothing. */
  readonly appendLost?: number;
  /** An append fails although everything is stored: its acknowledgement got lost. */
  readonly appendUnacknowledged?: number;
  /** A read breaks off with an error. */
  readonly readBroken?: number;
}

/** How a {@link MemoryLog} behaves. */
export interface MemoryLogOptions {
  readonly partitions: number;
  /** From 0 to below 1; decides about faults and how large batches are, so that a seed gives the same run again. */
  readonly random?: () => number;
  readonly faults?: MemoryLogFaults;
  /** The append time of the next record. */
  readonly nowMs?: () => number;
  /** Awaited before each append and each batch: a simulation's scheduler lets time pass here. */
  readonly delay?: () => Promise<void>;
  /** A batch holds one record to so many. */
  readonly maxBatchRecords?: number;
}

/** A fault that a {@link MemoryLog} was asked for. */
export class InjectedFaultError extends Error {
  override name = "InjectedFaultError";
}

/** The log in memory, for simulated runs. Every topic has the same number of partitions. */
export class MemoryLog implements Log {
  readonly #options: Required<MemoryLogOptions>;
  readonly #topics = new Map<string, MemoryPartition[]>();
  #keyless = 0;

  constructor(options: MemoryLogOptions) {
    this.#options = {
      random: () => 0.5,
      faults: {},
      nowMs: () => 0,
      delay: () => Promise.resolve(),
      maxBatchRecords: 100,
      ...options,
    };
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const { faults, nowMs, delay, partitions } = this.#options;
    await delay();
    if (this.#happens(faults.appendLost)) throw new InjectedFaultError("Cannot append: the records got lost");
    for (const { partition, key, value, headers = {} } of records) {
      const chosen = partition ??
        (key === null ? this.#keyless++ % partitions : partitionOf(key, partitions));
      this.#partition(topic, chosen).push({ appendTimeMs: nowMs(), key, value, headers });
    }
    if (this.#happens(faults.appendUnacknowledged)) {
      throw new InjectedFaultError("Cannot append: the acknowledgement got lost");
    }
  }

  async *read(
    topic: string,
    partition: number,
    from: Offset,
    signal: AbortSignal,
  ): AsyncGenerator<HeadedBatch> {
    const { random, faults, delay, maxBatchRecords, nowMs } = this.#options;
    const held = this.#partition(topic, partition);
    for (let first = true; !signal.aborted; first = false) {
      await delay();
      if (this.#happens(faults.readBroken)) throw new InjectedFaultError("Cannot read: the connection broke");
      if (from === held.end && !first) await held.appended(signal);
      const range = { partition, start: held.start, end: held.end };
      if (from < range.start || from > range.end) throw new OffsetGoneError(topic, partition, from, range);
      const records = held.slice(from, 1 + Math.floor(random() * maxBatchRecords));
      if (records.length === 0 && !first) continue;
      const through = (from + records.length) as Offset;
      yield { partition, records, from, through, end: range.end, endSeenMs: nowMs() };
      from = through;
    }
  }

  ranges(topic: string): Promise<readonly PartitionRange[]> {
    const range = (_: unknown, partition: number) => {
      const { start, end } = this.#partition(topic, partition);
      return { partition, start, end };
    };
    return Promise.resolve(Array.from({ length: this.#options.partitions }, range));
  }

  /** Forgets a partition's records below an offset, as retention does. */
  removeBelow(topic: string, partition: number, start: Offset): void {
    this.#partition(topic, partition).start = start;
  }

  #happens(probability = 0): boolean {
    return probability > 0 && this.#options.random() < probability;
  }

  #partition(topic: string, partition: number): MemoryPartition {
    const create = () => Array.from({ length: this.#options.partitions }, () => new MemoryPartition());
    const partitions = this.#topics.get(topic) ?? create();
    this.#topics.set(topic, partitions);
    const found = partitions[partition];
    if (found === undefined) {
      throw new RangeError(`Cannot find ${topic}/${partition}: there is no such partition`);
    }
    return found;
  }
}

class MemoryPartition {
  readonly #records: HeadedRecord[] = [];
  readonly #waiting = new Set<() => void>();
  start = START;

  get end(): Offset {
    return this.#records.length as Offset;
  }

  push(record: Omit<HeadedRecord, "offset">): void {
    this.#records.push({ offset: this.end, ...record });
    for (const wake of this.#waiting) wake();
  }

  slice(from: Offset, records: number): readonly HeadedRecord[] {
    return this.#records.slice(from, from + records);
  }

  /** Resolves with the next record, or when the signal aborts. */
  appended(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      if (signal.aborted) return resolve();
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}
