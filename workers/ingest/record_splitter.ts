import { KEPT_RECORD_BYTES, type SourceRecord } from "./source_record.ts";

/** Where a record is in a buffer. */
export interface Span {
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
  /** Where to look for the next one: behind the line break or comma. */
  readonly next: number;
  /** Line breaks from `from` to `next`; the end of the input counts as one. */
  readonly lines: number;
  readonly broken?: string;
}

/**
 * How a format finds its records: the first one from `from` on, or undefined when it isn't in the buffer as a whole.
 * An empty span (`start === end`) is no record, but is passed over. `final` says that the input ends with the buffer.
 */
export interface RecordFormat {
  find(buffer: Uint8Array, from: number, final: boolean): Span | undefined;
  /** What is wrong with a record that never ends. */
  readonly endless: string;
}

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/**
 * Cuts a stream of bytes into records, a list for each chunk, in memory that does not grow with the input. A record
 * that does not end within {@link KEPT_RECORD_BYTES} costs its first line only: reading goes on in the next one.
 */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
  format: RecordFormat,
): AsyncGenerator<SourceRecord[]> {
  const splitter = new RecordSplitter(format);
  for await (const chunk of chunks) yield splitter.take(chunk, false);
  yield splitter.take(NOTHING, true);
}

class RecordSplitter {
  readonly #format: RecordFormat;
  #pending: Uint8Array = NOTHING;
  #line = 1;
  /** The beginning of a line that is too long, while its end is looked for. */
  #overlong: { readonly bytes: Uint8Array; length: number } | undefined;

  constructor(format: RecordFormat) {
    this.#format = format;
  }

  take(chunk: Uint8Array, final: boolean): SourceRecord[] {
    const records: SourceRecord[] = [];
    const buffer = this.#pending.length === 0 ? chunk : concat(this.#pending, chunk);
    let at = 0;
    while (at < buffer.length || final) {
      if (this.#overlong !== undefined) {
        at = this.#passOverlong(buffer, at, final, records);
        if (this.#overlong !== undefined) break;
        continue;
      }
      if (at === buffer.length) break;
      const span = this.#format.find(buffer, at, final) ?? this.#giveUp(buffer, at, final);
      if (span === undefined) break;
      const { start, end, next, lines, broken } = span;
      if (end > start) {
        records.push({
          line: this.#line,
          bytes: buffer.subarray(start, Math.min(end, start + KEPT_RECORD_BYTES)),
          length: end - start,
          ...(broken === undefined ? {} : { broken }),
        });
      }
      this.#line += lines;
      at = next;
    }
    this.#pending = buffer.subarray(at);
    return records;
  }

  /** The first line as a broken record, when there is no hope for the whole; undefined to wait for more. */
  #giveUp(buffer: Uint8Array, from: number, final: boolean): Span | undefined {
    if (!final && buffer.length - from < KEPT_RECORD_BYTES) return undefined;
    const lineEnd = buffer.indexOf(LF, from);
    if (lineEnd >= 0 || final) {
      const end = lineEnd < 0 ? buffer.length : lineEnd;
      const next = Math.min(end + 1, buffer.length);
      return { start: from, end, next, lines: 1, broken: this.#format.endless };
    }
    this.#overlong = { bytes: buffer.slice(from, from + KEPT_RECORD_BYTES), length: 0 };
    return { start: from, end: from, next: from, lines: 0 };
  }

  /** Counts the bytes of a line that is too long, and hands it out where it ends. */
  #passOverlong(buffer: Uint8Array, at: number, final: boolean, records: SourceRecord[]): number {
    const overlong = this.#overlong!;
    const lineEnd = buffer.indexOf(LF, at);
    const end = lineEnd < 0 ? buffer.length : lineEnd;
    overlong.length += end - at;
    if (lineEnd >= 0 || final) {
      records.push({ line: this.#line, ...overlong });
      this.#line++;
      this.#overlong = undefined;
    }
    return Math.min(end + 1, buffer.length);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
