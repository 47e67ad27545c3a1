import type { LogRecord, Offset, RecordBatch } from "@countinghouse/core";

/** A record on its way into the log. */
export interface NewRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which partition; by hash of the key where left out. */
  readonly partition?: number;
}

/** How far a topic's partition reaches: `start` is the oldest record kept, `end` the next to be appended. */
export interface PartitionRange {
  readonly partition: number;
  readonly start: Offset;
  readonly end: Offset;
}

/** A record of the log with the headers it was appended with. */
export interface HeadedRecord extends LogRecord {
  readonly headers: Readonly<Record<string, string>>;
}

/** A batch as the log hands it out: records with their headers. */
export interface HeadedBatch extends RecordBatch {
  readonly records: readonly HeadedRecord[];
  /** When the broker told the log's end, by the reader's clock. */
  readonly endSeenMs: number;
}

/**
 * The log: ordered partitions of records. Three methods, so that a test can stand one up in memory and inject any
 * fault; the Kafka one is in kafka_log.ts.
 */
export interface Log {
  /**
   * Resolves when the broker has acknowledged every record (acks=all). Rejects when any was not; it and others may
   * be stored all the same.
   *
   * @throws {RecordTooLargeError} before anything is sent.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;

  /**
   * Reads a partition from an offset in order, waiting for more at its end, until the signal aborts. A batch is
   * empty at the start, to say where the end is, and at the end, to say that it is reached, again and again while
   * nothing comes. Retries what is worth retrying.
   *
   * @throws {OffsetGoneError} when the log no longer holds the offset.
   */
  read(topic: string, partition: number, from: Offset, signal: AbortSignal): AsyncIterable<HeadedBatch>;

  /** The partitions of a topic and how far they reach. */
  ranges(topic: string): Promise<readonly PartitionRange[]>;
}

/** The log no longer holds the offset (retention removed it), or does not hold it yet. */
export class OffsetGoneError extends Error {
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly from: Offset,
    range: PartitionRange,
  ) {
    super(
      `Cannot read ${topic}/${partition} from offset ${from}: the log holds ${range.start} to ${range.end}`,
    );
    this.name = "OffsetGoneError";
  }
}

/** A record is too large for any topic here. */
export class RecordTooLargeError extends Error {
  override name = "RecordTooLargeError";

  /** @param index of the record among those of the call. */
  constructor(readonly topic: string, readonly index: number, readonly bytes: number, limitBytes: number) {
    super(`Cannot append record ${index} to ${topic}: its ${bytes} bytes exceed the limit of ${limitBytes}`);
  }
}
