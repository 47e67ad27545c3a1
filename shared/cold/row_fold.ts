import { after, decodeEvent, type Fold, type Offset, type RecordBatch } from "@countinghouse/core";
import { type EventRow, eventRow } from "./event_row.ts";

/** A row of the warehouse, ready to be sent. */
export interface EncodedRow {
  readonly offset: Offset;
  readonly appendTimeMs: number;
  /** An {@link EventRow} as one line of JSON. */
  readonly json: string;
}

/**
 * Turns each event of one partition into a row. It has no state but how far it is: refused records have no row
 * (the rollup dead-letters them), and duplicates are told apart when they are read.
 */
export class RowFold implements Fold<readonly EncodedRow[]> {
  readonly #partition: number;
  #through: Offset;
  #rows: EncodedRow[] = [];

  constructor(partition: number, from: Offset) {
    this.#partition = partition;
    this.#through = from;
  }

  get through(): Offset {
    return this.#through;
  }

  needs(): readonly string[] {
    return [];
  }

  load(): void {}

  apply(batch: RecordBatch): void {
    for (const record of batch.records) {
      if (record.offset < this.#through) continue;
      this.#through = after(record.offset);
      const decoded = decodeEvent(record.value);
      if (!decoded.ok) continue;
      this.#rows.push({
        offset: record.offset,
        appendTimeMs: record.appendTimeMs,
        json: encodeRow(eventRow(decoded.value, record, this.#partition)),
      });
    }
    if (batch.through > this.#through) this.#through = batch.through;
  }

  take(): readonly EncodedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  snapshot(): Uint8Array {
    return new Uint8Array();
  }

  restore(): boolean {
    return false;
  }
}

/**
 * A row as one line of JSON that ClickHouse can read whatever a shop sent: half of a surrogate pair, which is fine in
 * JavaScript's JSON and an error in ClickHouse's, becomes U+FFFD. One such row would hold up the warehouse for good.
 */
export function encodeRow(row: EventRow): string {
  const json = JSON.stringify(row);
  // What JSON.stringify escapes as \udXXX is a lone surrogate, or a backslash and a "u" that were sent.
  return json.includes("\\ud") ? JSON.stringify(row, wellFormed) : json;
}

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
