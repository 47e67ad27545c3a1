import assert from "node:assert/strict";
import { type Fold, type Offset, type RecordBatch, START } from "@countinghouse/core";
import { createLogger } from "@countinghouse/shared/telemetry";
import { MemoryLog } from "./memory_log.ts";
import { type PumpOptions, runPump } from "./pump.ts";
import type { Sink, SinkBatch } from "./sink.ts";

/** The topic that the pumps of tests read. */
export const TOPIC = "events";
const silent = createLogger("error", () => {});

/** A fold that keeps the numbers it has read, and a count as its whole state. */
export class NumberFold implements Fold<readonly number[]> {
  through: Offset;
  #fresh: number[] = [];

  constructor(from: Offset) {
    this.through = from;
  }

  restore(snapshot: Uint8Array): boolean {
    if (snapshot[0] !== SNAPSHOT_MARK) return false;
    this.through = snapshot[1] as Offset;
    return true;
  }

  needs(): readonly string[] {
    return [];
  }

  load(): void {}

  apply(batch: RecordBatch): void {
    for (const { offset, value } of batch.records) {
      if (offset >= this.through) this.#fresh.push(Number(new TextDecoder().decode(value!)));
    }
    this.through = batch.through;
  }

  take(): readonly number[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  snapshot(): Uint8Array {
    return new Uint8Array([SNAPSHOT_MARK, this.through]);
  }
}

/** What a snapshot of a {@link NumberFold} begins with. */
export const SNAPSHOT_MARK = 7;

/** A sink that refuses lower offsets, and can be told to fail. */
export class NumberSink implements Sink<readonly number[]> {
  stored: number[] = [];
  through = START;
  writes = 0;
  before: () => Promise<void> | void = () => {};
  afterwards: () => void = () => {};

  position(): Promise<Offset> {
    return Promise.resolve(this.through);
  }

  async write({ through, change }: SinkBatch<readonly number[]>): Promise<void> {
    await this.before();
    this.writes++;
    if (through > this.through) {
      this.stored.push(...change);
      this.through = through;
    }
    this.afterwards();
  }
}

/** A log with one partition that holds the numbers below one. */
export async function logOf(numbers: number): Promise<MemoryLog> {
  const log = new MemoryLog({ partitions: 1, maxBatchRecords: 10 });
  await append(log, 0, numbers);
  return log;
}

/** Appends the numbers of a range. */
export async function append(log: MemoryLog, from: number, to: number): Promise<void> {
  const records = Array.from({ length: to - from }, (_, at) => ({
    key: null,
    value: new TextEncoder().encode(String(from + at)),
  }));
  await log.append(TOPIC, records);
}

/** Settings that write at once and save snapshots seldom. */
export function options(log: MemoryLog, sink: Sink<readonly number[]>): PumpOptions<readonly number[]> {
  return {
    log,
    topic: TOPIC,
    partition: 0,
    createFold: (_, from) => new NumberFold(from),
    sink,
    logger: silent,
    tickMs: 1,
    wholeTickMs: 1,
    maxPendingRecords: 1_000,
    checkpointIntervalMs: 60_000,
    drainMs: 1_000,
  };
}

/** Runs a pump until a condition holds, stops it, and waits for it to have drained. */
export async function pumpUntil(
  settings: PumpOptions<readonly number[]>,
  condition: () => boolean,
): Promise<void> {
  const stop = new AbortController();
  const pump = runPump(settings, stop.signal);
  await until(condition);
  stop.abort();
  await pump;
}

/** Waits for a condition. @throws when it does not come true in 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!condition()) {
    assert.ok(performance.now() < deadlineMs, "the condition did not come true in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The numbers below one. */
export const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
