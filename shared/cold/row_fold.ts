import type { LogRecord, Offset } from "@countinghouse/core";
import type { EventRow } from "./event_row.ts";
import { EventRowFold } from "./event_row_fold.ts";

/** A row of the warehouse, ready to be sent. */
export interface EncodedRow {
  readonly offset: Offset;
  readonly appendTimeMs: number;
  /** An {@link EventRow} as one line of JSON. */
  readonly json: string;
}

/** Collects the rows of one partition's events as lines of JSON. */
export class RowFold extends EventRowFold<readonly EncodedRow[]> {
  #rows: EncodedRow[] = [];

  take(): readonly EncodedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  protected add(row: EventRow, { offset, appendTimeMs }: LogRecord): void {
    this.#rows.push({ offset, appendTimeMs, json: encodeRow(row) });
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
