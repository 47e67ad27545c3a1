import type { EventRow } from "@countinghouse/cold/event_row";
import { after, type Offset, START } from "@countinghouse/core";
import type { HeadedBatch, HeadedRecord, Log, PartitionRange } from "@countinghouse/log";
import type { Lake } from "./lake.ts";
import { readLakeRecords, WINDOW_OFFSETS } from "./record_source.ts";
import { eventOf } from "./record_source_event.ts";

/** What a {@link LakeRecordLog} reads. */
export interface LakeRecordLogOptions {
  readonly lake: Lake;
  /** The log that the lake was made from; it goes on where the lake ends. */
  readonly log: Log;
  /** The log's topic; of other topics the lake knows nothing. */
  readonly topic: string;
  /** Records appended up to then may be left out: {@link Log.ranges} begins with the last of those, or a few before. */
  readonly sinceMs: number;
  /** Offsets read at a time, {@link WINDOW_OFFSETS} by default. */
  readonly windowOffsets?: number;
}

const NO_HEADERS = {};
/** Of a window, so many records are made and handed out at a time. */
const BATCH_RECORDS = 5_000;

/**
 * The log as the lake has it: each partition from its first record on, however little the log itself still holds,
 * and behind the lake's end the log. Records come decoded, without key and bytes; those that were refused, and those
 * of erased users, are not among them.
 */
export class LakeRecordLog implements Log {
  readonly #options: LakeRecordLogOptions;
  /** Found once: nothing comes in before it. */
  readonly #starts = new Map<number, Offset>();

  constructor(options: LakeRecordLogOptions) {
    this.#options = options;
  }

  /** @throws always: the lake is filled by its worker. */
  append(topic: string): Promise<void> {
    return Promise.reject(new Error(`Cannot append to ${topic}: the lake is only read`));
  }

  async *read(
    topic: string,
    partition: number,
    from: Offset,
    signal: AbortSignal,
  ): AsyncGenerator<HeadedBatch> {
    const { lake, log, windowOffsets } = this.#options;
    this.#checkTopic(topic);
    const { end } = (await log.ranges(topic)).find((range) => range.partition === partition)!;
    const head = { partition, end, endSeenMs: Date.now() };
    const through = (await lake.refresh()).position(partition);
    let at = from;
    for await (
      const window of readLakeRecords(lake, { partition, from, through }, undefined, windowOffsets)
    ) {
      for (let first = 0; first < window.rows.length; first += BATCH_RECORDS) {
        const records = window.rows.slice(first, first + BATCH_RECORDS).map(recordOf);
        const next = after(records.at(-1)!.offset);
        yield { ...head, records, from: at, through: next };
        at = next;
      }
      if (at < window.through) yield { ...head, records: [], from: at, through: window.through as Offset };
      at = window.through as Offset;
      if (signal.aborted) return;
    }
    yield* log.read(topic, partition, at, signal);
  }

  /** How far the log reaches, from where the lake is to be read on. */
  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    this.#checkTopic(topic);
    const ranges: PartitionRange[] = [];
    for (const range of await this.#options.log.ranges(topic)) {
      const start = this.#starts.get(range.partition) ?? await this.#start(range.partition);
      this.#starts.set(range.partition, start);
      ranges.push({ ...range, start });
    }
    return ranges;
  }

  /** By bisection, window by window: append times rise with the offset. */
  async #start(partition: number): Promise<Offset> {
    const { lake, sinceMs, windowOffsets = WINDOW_OFFSETS } = this.#options;
    const end = (await lake.refresh()).position(partition);
    let low: number = START;
    let high = Math.ceil(end / windowOffsets);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      const appendMs = await this.#firstAppendMs(partition, middle * windowOffsets, end);
      if (appendMs !== undefined && appendMs <= sinceMs) low = middle;
      else high = middle;
    }
    return (low * windowOffsets) as Offset;
  }

  /** When the first record from an offset on was appended; undefined where there is none. */
  async #firstAppendMs(partition: number, from: number, through: number): Promise<number | undefined> {
    const { lake, windowOffsets = WINDOW_OFFSETS } = this.#options;
    const windows = readLakeRecords(lake, { partition, from, through }, ["append_time"], windowOffsets);
    for await (const { rows: [first] } of windows) if (first !== undefined) return first.append_time;
    return undefined;
  }

  #checkTopic(topic: string): void {
    if (topic === this.#options.topic) return;
    throw new RangeError(`Cannot read the lake as ${topic}: it holds ${this.#options.topic}`);
  }
}

function recordOf(row: EventRow): HeadedRecord {
  return {
    offset: row.offset as Offset,
    appendTimeMs: row.append_time,
    key: null,
    value: null,
    headers: NO_HEADERS,
    event: eventOf(row),
  };
}
