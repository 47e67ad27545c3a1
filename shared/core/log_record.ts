import type { ShopEvent } from "./event.ts";
import type { Offset } from "./offset.ts";

/** One record as the log holds it. The core sees the log only in this shape. */
export interface LogRecord {
  readonly offset: Offset;
  /** When the broker appended it, in milliseconds since the epoch (topic setting LogAppendTime). */
  readonly appendTimeMs: number;
  readonly key: Uint8Array | null;
  /** The bytes of one event as JSON; null is a tombstone. */
  readonly value: Uint8Array | null;
  /** The event, where whoever brings the record has it decoded already, as the lake does; the value is then null. */
  readonly event?: ShopEvent;
}

/** Records of one partition in offset order, without a gap that the log itself does not have. */
export interface RecordBatch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Where the read began. */
  readonly from: Offset;
  /** The next offset to read: every record below it is in this batch or an earlier one. */
  readonly through: Offset;
  /** The log's end as the broker last told it; `through === end` means caught up. */
  readonly end: Offset;
}
