/** Bytes that grow, and can repeat what was written a distance ago: what LZ77 formats unpack into. */
export class Lz77Output {
  #bytes: Uint8Array;
  #at = 0;

  constructor(capacityBytes: number) {
    this.#bytes = new Uint8Array(Math.max(64, capacityBytes));
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** @throws {RangeError} when nothing was written so far back. */
  repeat(distance: number, length: number): void {
    if (distance < 1 || distance > this.#at) {
      throw new RangeError(`Cannot repeat from ${distance} bytes ago: ${this.#at} were written`);
    }
    this.#reserve(length);
    const bytes = this.#bytes;
    if (distance >= length) bytes.copyWithin(this.#at, this.#at - distance, this.#at - distance + length);
    // The source runs into what it writes, so byte by byte.
    else for (let i = this.#at, end = i + length; i < end; i++) bytes[i] = bytes[i - distance]!;
    this.#at += length;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + bytes));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
  }
}
