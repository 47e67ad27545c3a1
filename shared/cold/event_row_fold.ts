import {
  after,
  decodeEvent,
  type Fold,
  type LogRecord,
  type Offset,
  type RecordBatch,
} from "@countinghouse/core";
import { type EventRow, eventRow } from "./event_row.ts";

/**
 * Turns each event of one partition into a row. It has no state but how far it is: refused records have no row
 * (the rollup dead-letters them), and duplicates are told apart when they are read. What becomes of the rows is for
 * the store that they go to.
 */
export abstract class EventRowFold<Change> implements Fold<Change> {
  readonly #partition: number;
  #through: Offset;

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
      if (decoded.ok) this.add(eventRow(decoded.value, record, this.#partition), record);
    }
    if (batch.through > this.#through) this.#through = batch.through;
  }

  snapshot(): Uint8Array {
    return new Uint8Array();
  }

  restore(): boolean {
    return false;
  }

  abstract take(): Change;

  /** Keeps a row until it is taken. */
  protected abstract add(row: EventRow, record: LogRecord): void;
}
