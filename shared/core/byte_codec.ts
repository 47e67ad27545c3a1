/** Writes numbers, strings and words into bytes that grow; little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 12);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Appends a whole number from 0 to 2^32 - 1. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Appends a whole number from 0 to 2^53 - 1 in as many bytes as it needs: seven bits each, the lowest first. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = rest % 0x80 | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Appends any number. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Appends bytes with their length in front. */
  block(bytes: Uint8Array): void {
    this.uint32(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends a text. */
  text(value: string): void {
    this.block(new TextEncoder().encode(value));
  }

  /** Appends 32-bit words with their number in front. */
  words(words: Uint32Array): void {
    this.block(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  }

  /** What was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/**
 * Reads what a {@link ByteWriter} wrote, in the same order.
 *
 * Every method throws a RangeError when the bytes end too early.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads a whole number. */
  uint32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  /** Reads a whole number of up to 53 bits. */
  varint(): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#view.getUint8(this.#at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Reads a number. */
  float64(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  /** Reads bytes: a copy. */
  block(): Uint8Array {
    const length = this.uint32();
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new RangeError(`Cannot read ${length} bytes at ${this.#at}: there are ${this.#bytes.length}`);
    }
    const block = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return block;
  }

  /** Reads a text. */
  text(): string {
    return new TextDecoder().decode(this.block());
  }

  /** Reads 32-bit words. */
  words(): Uint32Array {
    return new Uint32Array(this.block().buffer);
  }
}
