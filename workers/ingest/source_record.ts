/** A piece of the input that should be an event: a line, a CSV row or an element of an array. */
export interface SourceRecord {
  /** Where it begins: lines of the file from 1, blank ones and those inside of quotes counted. */
  readonly line: number;
  /** As it stands in the file, without the line break. At most {@link KEPT_RECORD_BYTES} of it. */
  readonly bytes: Uint8Array;
  /** How many bytes it has in the file. */
  readonly length: number;
  /** Why it is no record of its format, where that is known without reading its content. */
  readonly broken?: string;
}

/** A longer record is refused whatever is in it (an event has at most 1 MiB), and no more of it is kept in memory. */
export const KEPT_RECORD_BYTES = 2 * 1024 * 1024;
