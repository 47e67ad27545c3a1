import type { EventRow } from "@countinghouse/cold/event_row";
import { EventRowFold } from "@countinghouse/cold/event_row_fold";
import type { LogRecord, Offset } from "@countinghouse/core";
import { EventColumns } from "./event_columns.ts";

/** Rows that came in of one partition, in offset order. */
export interface LakeChange {
  /** Where the fold stood when it began to collect these rows: nothing between here and the first row is missing. */
  readonly from: Offset;
  readonly columns: EventColumns;
  /** When the first and the last row's record were appended; undefined where there is no row. */
  readonly appendedMs: readonly [number, number] | undefined;
}

/** Collects the rows of one partition's events as columns. */
export class LakeFold extends EventRowFold<LakeChange> {
  #from: Offset;
  #columns = new EventColumns();
  #appendedMs: [number, number] | undefined;

  constructor(partition: number, from: Offset) {
    super(partition, from);
    this.#from = from;
  }

  take(): LakeChange {
    const change = { from: this.#from, columns: this.#columns, appendedMs: this.#appendedMs };
    this.#from = this.through;
    this.#appendedMs = undefined;
    if (this.#columns.length > 0) this.#columns = new EventColumns();
    return change;
  }

  protected add(row: EventRow, { appendTimeMs }: LogRecord): void {
    this.#columns.append(row);
    this.#appendedMs ??= [appendTimeMs, appendTimeMs];
    this.#appendedMs[1] = appendTimeMs;
  }
}
