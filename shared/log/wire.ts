/**
 * Reads Kafka's wire types from bytes: big-endian integers, zigzag varints, length-prefixed strings and arrays
 * (https://kafka.apache.org/protocol#protocol_types). Bytes are handed out as views, not as copies.
 */
export class WireReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  /** The position of the next read. */
  at = 0;

  constructor(bytes: Uint8Array) {
    // Sockets and codecs hand out Buffers, whose slice() shares memory where an array's copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.at;
  }

  int8(): number {
    return this.#view.getInt8(this.at++);
  }

  int16(): number {
    const value = this.#view.getInt16(this.at);
    this.at += 2;
    return value;
  }

  int32(): number {
    const value = this.#view.getInt32(this.at);
    this.at += 4;
    return value;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** A 64-bit integer as a number: offsets and milliseconds stay below 2^53. */
  int64(): number {
    const high = this.int32();
    return high * 0x1_0000_0000 + this.uint32();
  }

  /** A zigzag varint of up to 64 bits, exact below 2^53. */
  varint(): number {
    let raw = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#view.getUint8(this.at++);
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** @throws {RangeError} when so many are not left. */
  bytes(length: number): Uint8Array {
    if (length < 0 || length > this.left) {
      throw new RangeError(`Cannot read ${length} bytes: ${this.left} are left`);
    }
    return this.#bytes.subarray(this.at, this.at += length);
  }

  /** Bytes after their length as a varint; null where the length is -1. */
  varintBytes(): Uint8Array | null {
    const length = this.varint();
    return length < 0 ? null : this.bytes(length);
  }

  /** Text after its length as an int16; null reads as "". */
  string(): string {
    const length = this.int16();
    return length < 0 ? "" : new TextDecoder().decode(this.bytes(length));
  }

  /** An array after its length as an int32; null reads as empty. */
  array<T>(element: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, element);
  }
}

/** Writes Kafka's wire types; the mirror of {@link WireReader}. */
export class WireWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(capacityBytes = 256) {
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written so far, as a view. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  int8(value: number): this {
    this.#reserve(1);
    this.#view.setInt8(this.#at++, value);
    return this;
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
    return this;
  }

  int64(value: number): this {
    return this.int32(Math.floor(value / 0x1_0000_0000)).int32(value);
  }

  /** A zigzag varint of a whole number of at most 31 bits and a sign. */
  varint(value: number): this {
    this.#reserve(5);
    let raw = ((value << 1) ^ (value >> 31)) >>> 0;
    while (raw >= 0x80) {
      this.#bytes[this.#at++] = raw & 0x7f | 0x80;
      raw >>>= 7;
    }
    this.#bytes[this.#at++] = raw;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  varintBytes(bytes: Uint8Array | null): this {
    return bytes === null ? this.varint(-1) : this.varint(bytes.length).raw(bytes);
  }

  /** Text after its length as an int16; null as the length -1. */
  string(text: string | null): this {
    if (text === null) return this.int16(-1);
    const bytes = new TextEncoder().encode(text);
    return this.int16(bytes.length).raw(bytes);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + bytes));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/** How many bytes {@link WireWriter.varint} takes for a value. */
export function varintSize(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  return raw < 0x80 ? 1 : raw < 0x4000 ? 2 : raw < 0x20_0000 ? 3 : raw < 0x1000_0000 ? 4 : 5;
}
