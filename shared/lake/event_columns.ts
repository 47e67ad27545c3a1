import { type DataType, Field, makeData, RecordBatch, Schema, Struct, Table } from "apache-arrow";
import type { EventRow } from "@countinghouse/cold/event_row";
import { type Column, FlagColumn, integerColumn, ItemsColumn, LabelColumn } from "./column.ts";
import { realColumn, TextColumn, timeColumn } from "./column.ts";

/**
 * Rows on their way into Parquet files, column by column: some 250 bytes a row, and nothing for the garbage
 * collector to walk. The schema of the lake's files is the order and the type of these columns.
 */
export class EventColumns {
  readonly #partitions = integerColumn();
  readonly #offsets = integerColumn();
  readonly #eventTimes = timeColumn();
  readonly #stores = new LabelColumn();
  readonly #columns: { readonly [Name in keyof EventRow]-?: Column<NonNullable<EventRow[Name]>> } = {
    event_time: this.#eventTimes,
    append_time: timeColumn(),
    partition: this.#partitions,
    offset: this.#offsets,
    event_id: new TextColumn(),
    event_type: new LabelColumn(),
    type_name: new LabelColumn(),
    user_id: new LabelColumn(),
    session_id: new LabelColumn(),
    store_id: this.#stores,
    page: new LabelColumn(),
    product_id: new LabelColumn(),
    order_id: new TextColumn(),
    coupon: new LabelColumn(),
    quantity: realColumn(),
    currency: new LabelColumn(),
    amount: integerColumn(),
    items: new ItemsColumn(),
    utm_source: new LabelColumn(),
    utm_medium: new LabelColumn(),
    utm_campaign: new LabelColumn(),
    user_agent: new LabelColumn(),
    os: new LabelColumn(),
    mobile: new FlagColumn(),
    country: new LabelColumn(),
    city: new LabelColumn(),
    lat: realColumn(),
    lon: realColumn(),
    unknown_fields: new TextColumn(),
  };
  readonly #names = Object.keys(this.#columns) as (keyof EventRow)[];
  #length = 0;

  /** How many rows there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a row. A type's name that only repeats the type is left out: a quarter of a byte an event. */
  append(row: EventRow): void {
    for (const name of this.#names) {
      if (name !== "type_name") (this.#columns[name] as Column<unknown>).append(row[name]);
    }
    this.#columns.type_name.append(row.type_name === row.event_type ? undefined : row.type_name);
    this.#length++;
  }

  /** The offset of a row. */
  offsetAt(row: number): number {
    return this.#offsets.at(row);
  }

  /** The partition of a row. */
  partitionAt(row: number): number {
    return this.#partitions.at(row);
  }

  /** The event time of a row, in milliseconds since the epoch. */
  eventTimeAt(row: number): number {
    return this.#eventTimes.at(row);
  }

  /** A number that stands for the row's store in these columns. */
  storeCodeAt(row: number): number {
    return this.#stores.codeAt(row);
  }

  /** The store of a row. */
  storeAt(row: number): string {
    return this.#stores.textAt(row);
  }

  /** The order of a file: by event time, and where that is the same by partition and offset. */
  compare(a: number, b: number): number {
    return this.#eventTimes.at(a) - this.#eventTimes.at(b) ||
      this.#partitions.at(a) - this.#partitions.at(b) ||
      this.#offsets.at(a) - this.#offsets.at(b);
  }

  /** Rows, in the order given, as an Arrow table. */
  table(rows: Uint32Array): Table {
    const children = this.#names.map((name) => this.#columns[name].gather(rows));
    const data = makeData({ type: new Struct(SCHEMA.fields), length: rows.length, nullCount: 0, children });
    return new Table(SCHEMA, [new RecordBatch(SCHEMA, data)]);
  }

  /** The columns as Arrow describes them. */
  fields(): Field[] {
    return this.#names.map((name) =>
      new Field(name, this.#columns[name].type as DataType, !REQUIRED.has(name))
    );
  }
}

/** What every row has. */
const REQUIRED: ReadonlySet<keyof EventRow> = new Set(
  [
    "event_time",
    "append_time",
    "partition",
    "offset",
    "event_id",
    "event_type",
    "user_id",
    "session_id",
    "store_id",
    "quantity",
    "items",
  ] as const,
);

const SCHEMA = new Schema(new EventColumns().fields());
