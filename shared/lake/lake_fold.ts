import { eventRow } from "@countinghouse/cold/event_row";
import { after, decodeEvent, type Fold, type Offset, type RecordBatch } from "@countinghouse/core";
import { EventColumns } from "./event_columns.ts";

/** Rows that came in of one partition, in offset order. */
export interface LakeChange {
  /** Where the fold stood when it began to collect these rows: nothing between here and the first row is missing. */
  readonly from: Offset;
  readonly columns: EventColumns;
  /** When the first and the last row's record were appended; undefined where there is no row. */
  readonly appendedMs: readonly [number, number] | undefined;
}

/**
 * Collects the events of one partition as columns. It has no state but how far it is: refused records have no row
 * (the rollup dead-letters them), and duplicates are told apart when they are read.
 */
export class LakeFold implements Fold<LakeChange> {
  readonly #partition: number;
  #through: Offset;
  #from: Offset;
  #columns = new EventColumns();
  #appendedMs: [number, number] | undefined;

  constructor(partition: number, from: Offset) {
    this.#partition = partition;
    this.#through = from;
    this.#from = from;
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
      this.#columns.append(eventRow(decoded.value, record, this.#partition));
      this.#appendedMs ??= [record.appendTimeMs, record.appendTimeMs];
      this.#appendedMs[1] = record.appendTimeMs;
    }
    if (batch.through > this.#through) this.#through = batch.through;
  }

  take(): LakeChange {
    const change = { from: this.#from, columns: this.#columns, appendedMs: this.#appendedMs };
    this.#from = this.#through;
    this.#appendedMs = undefined;
    if (this.#columns.length > 0) this.#columns = new EventColumns();
    return change;
  }

  snapshot(): Uint8Array {
    return new Uint8Array();
  }

  restore(): boolean {
    return false;
  }
}
