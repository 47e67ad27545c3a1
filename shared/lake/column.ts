import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  Struct,
  TimestampMillisecond,
  Utf8,
} from "apache-arrow";

/** One column that grows by appending; what was appended is then handed out as Arrow data in any order. */
export interface Column<Value> {
  readonly type: DataType;
  /** A value that is undefined is NULL. */
  append(value: Value | undefined): void;
  /** The values of these rows, in this order, in the layout of https://arrow.apache.org/docs/format/Columnar.html. */
  gather(rows: Uint32Array): Data;
}

/** Numbers, in 8 bytes each. NaN stands for NULL, as no event has one. */
class NumberColumn implements Column<number> {
  #values = new Float64Array(16);
  #length = 0;

  constructor(readonly type: DataType, private readonly toData: (values: Float64Array) => ArrayBufferView) {}

  append(value: number | undefined): void {
    if (this.#length === this.#values.length) this.#values = doubled(this.#values);
    this.#values[this.#length++] = value ?? NaN;
  }

  at(row: number): number {
    return this.#values[row]!;
  }

  gather(rows: Uint32Array): Data {
    const values = Float64Array.from(rows, (row) => this.#values[row]!);
    const nulls = nullsWhere(values.length, (at) => Number.isNaN(values[at]));
    return makeData({ type: this.type, length: rows.length, data: this.toData(values), ...nulls } as never);
  }
}

/** A whole number of up to 53 bits. */
export const integerColumn = () => new NumberColumn(new Int64(), int64s);
/** A time in milliseconds since the epoch. */
export const timeColumn = () => new NumberColumn(new TimestampMillisecond("UTC"), int64s);
/** Any finite number. */
export const realColumn = () => new NumberColumn(new Float64(), (values) => values);

/** Two halves of 32 bits each: ten times as fast as by way of BigInt. */
function int64s(values: Float64Array): BigInt64Array {
  const halves = new Int32Array(values.length * 2);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    halves[2 * at] = value;
    halves[2 * at + 1] = Math.floor(value / 0x1_0000_0000);
  }
  return new BigInt64Array(halves.buffer);
}

/** True and false. */
export class FlagColumn implements Column<boolean> {
  readonly type = new Bool();
  #values = new Uint8Array(16);
  #length = 0;

  append(value: boolean | undefined): void {
    if (this.#length === this.#values.length) this.#values = doubled(this.#values);
    this.#values[this.#length++] = value === undefined ? 2 : Number(value);
  }

  gather(rows: Uint32Array): Data {
    const data = bitmap(rows.length, (at) => this.#values[rows[at]!] === 1);
    const nulls = nullsWhere(rows.length, (at) => this.#values[rows[at]!] === 2);
    return makeData({ type: this.type, length: rows.length, data, ...nulls } as never);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** A UTF-16 unit is three bytes of UTF-8 at most. */
const BYTES_PER_UNIT = 3;

/** Texts that hardly ever repeat, such as ids: their bytes, one after the other. */
export class TextColumn implements Column<string> {
  readonly type = new Utf8();
  #bytes = new Uint8Array(256);
  #ends = new Float64Array(16);
  #nulls = new Uint8Array(16);
  #length = 0;

  append(value: string | undefined): void {
    const row = this.#length++;
    if (row === this.#ends.length) {
      this.#ends = doubled(this.#ends);
      this.#nulls = doubled(this.#nulls);
    }
    const start = row === 0 ? 0 : this.#ends[row - 1]!;
    this.#ends[row] = start;
    if (value === undefined) {
      this.#nulls[row] = 1;
      return;
    }
    while (start + value.length * BYTES_PER_UNIT > this.#bytes.length) {
      this.#bytes = doubled(this.#bytes);
    }
    // Half of a surrogate pair becomes U+FFFD, so that every reader takes it.
    this.#ends[row] = start + encoder.encodeInto(value, this.#bytes.subarray(start)).written;
  }

  gather(rows: Uint32Array): Data {
    const startOf = (row: number) => row === 0 ? 0 : this.#ends[row - 1]!;
    const nulls = nullsWhere(rows.length, (at) => this.#nulls[rows[at]!] === 1);
    return textData(
      this.type,
      rows.length,
      (at) => this.#bytes.subarray(startOf(rows[at]!), this.#ends[rows[at]!]!),
      nulls,
    );
  }
}

/** Texts that repeat: each once, and a number per row. */
export class LabelColumn implements Column<string> {
  readonly type = new Utf8();
  readonly #labels: Uint8Array[] = [];
  readonly #codes = new Map<string, number>();
  #rows = new Int32Array(16);
  #length = 0;

  append(value: string | undefined): void {
    if (this.#length === this.#rows.length) this.#rows = doubled(this.#rows);
    this.#rows[this.#length++] = value === undefined ? NULL_CODE : this.#codes.get(value) ?? this.#add(value);
  }

  /** A number that two rows share when their texts are equal. */
  codeAt(row: number): number {
    return this.#rows[row]!;
  }

  /** The text of a row, which must have one. */
  textAt(row: number): string {
    return decoder.decode(this.#labels[this.codeAt(row)]);
  }

  gather(rows: Uint32Array): Data {
    const nulls = nullsWhere(rows.length, (at) => this.#rows[rows[at]!] === NULL_CODE);
    return textData(this.type, rows.length, (at) => this.#labels[this.#rows[rows[at]!]!] ?? NO_BYTES, nulls);
  }

  #add(value: string): number {
    const code = this.#labels.push(encoder.encode(value)) - 1;
    this.#codes.set(value, code);
    return code;
  }
}

const NULL_CODE = -1;
const NO_BYTES = new Uint8Array();

/** A line of an order. */
export interface ItemValue {
  readonly product_id: string | undefined;
  readonly amount: number | undefined;
  readonly quantity: number;
}

const ITEM_TYPE = new Struct([
  new Field("product_id", new Utf8(), true),
  new Field("amount", new Int64(), true),
  new Field("quantity", new Float64(), false),
]);

/** Lists of items; none is an empty list. */
export class ItemsColumn implements Column<readonly ItemValue[]> {
  readonly type = new List(new Field("item", ITEM_TYPE, false));
  readonly #products = new LabelColumn();
  readonly #amounts = integerColumn();
  readonly #quantities = realColumn();
  #ends = new Uint32Array(16);
  #length = 0;

  append(items: readonly ItemValue[] = []): void {
    const row = this.#length++;
    if (row === this.#ends.length) this.#ends = doubled(this.#ends);
    for (const { product_id, amount, quantity } of items) {
      this.#products.append(product_id);
      this.#amounts.append(amount);
      this.#quantities.append(quantity);
    }
    this.#ends[row] = this.#startOf(row) + items.length;
  }

  gather(rows: Uint32Array): Data {
    const valueOffsets = new Int32Array(rows.length + 1);
    rows.forEach((row, at) => {
      valueOffsets[at + 1] = valueOffsets[at]! + this.#ends[row]! - this.#startOf(row);
    });
    const items = new Uint32Array(valueOffsets[rows.length]!);
    rows.forEach((row, at) => {
      const start = this.#startOf(row);
      for (let item = start; item < this.#ends[row]!; item++) items[valueOffsets[at]! + item - start] = item;
    });
    const children = [this.#products, this.#amounts, this.#quantities].map((column) => column.gather(items));
    const child = makeData({ type: ITEM_TYPE, length: items.length, nullCount: 0, children } as never);
    return makeData({ type: this.type, length: rows.length, nullCount: 0, valueOffsets, child } as never);
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#ends[row - 1]!;
  }
}

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

function nullsWhere(length: number, isNull: (at: number) => boolean): Nulls {
  let nullCount = 0;
  for (let at = 0; at < length; at++) if (isNull(at)) nullCount++;
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bitmap(length, (at) => !isNull(at)) };
}

/** A bit per row, the lowest first. */
function bitmap(length: number, isSet: (at: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < length; at++) if (isSet(at)) bits[at >> 3]! |= 1 << (at & 7);
  return bits;
}

function textData(type: Utf8, length: number, bytesAt: (at: number) => Uint8Array, nulls: Nulls): Data {
  const valueOffsets = new Int32Array(length + 1);
  for (let at = 0; at < length; at++) valueOffsets[at + 1] = valueOffsets[at]! + bytesAt(at).length;
  const data = new Uint8Array(valueOffsets[length]!);
  for (let at = 0; at < length; at++) data.set(bytesAt(at), valueOffsets[at]!);
  return makeData({ type, length, valueOffsets, data, ...nulls } as never);
}

/** The array types that columns grow in. */
type Values =
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;

function doubled<Type extends Values>(values: Type): Type {
  const wider = new (values.constructor as new (length: number) => Type)(values.length * 2);
  wider.set(values);
  return wider;
}
