/**
 * A 64-bit hash of one or more strings, as two 32-bit halves. The function is cyrb53 by bryc (public domain) with
 * both lanes kept whole; it runs over UTF-8 bytes, so a reader of raw bytes can compute the same.
 *
 * Sets of ids are kept as these hashes. Among n live ids the chance of any collision is about n^2 / 2^65: 1 in
 * 370,000 for 10 million. The function is not keyed and does not resist someone who looks for collisions.
 *
 * An instance is a register to be reused: {@link Hash64.of} leaves its result in `low` and `high`.
 */
export class Hash64 {
  low = 0;
  high = 0;

  /** Hashes parts with a separator between them, so that ("ab", "c") differs from ("a", "bc"). */
  of(first: string, second?: string, third?: string): this {
    this.low = 0xdeadbeef | 0;
    this.high = 0x41c6ce57 | 0;
    this.#take(first);
    if (second !== undefined) {
      this.#step(SEPARATOR);
      this.#take(second);
    }
    if (third !== undefined) {
      this.#step(SEPARATOR);
      this.#take(third);
    }
    return this.#finish();
  }

  /** Hashes bytes. */
  ofBytes(bytes: Uint8Array): this {
    this.low = 0xdeadbeef | 0;
    this.high = 0x41c6ce57 | 0;
    this.#takeBytes(bytes);
    return this.#finish();
  }

  #take(text: string): void {
    const length = text.length;
    let low = this.low;
    let high = this.high;
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) {
        this.low = low;
        this.high = high;
        this.#takeBytes(encoder.encode(text.slice(at)));
        return;
      }
      low = Math.imul(low ^ unit, 0x9e3779b1);
      high = Math.imul(high ^ unit, 0x5f356495);
    }
    this.low = low;
    this.high = high;
  }

  #takeBytes(bytes: Uint8Array): void {
    let low = this.low;
    let high = this.high;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      low = Math.imul(low ^ byte, 0x9e3779b1);
      high = Math.imul(high ^ byte, 0x5f356495);
    }
    this.low = low;
    this.high = high;
  }

  #step(byte: number): void {
    this.low = Math.imul(this.low ^ byte, 0x9e3779b1);
    this.high = Math.imul(this.high ^ byte, 0x5f356495);
  }

  #finish(): this {
    const { low, high } = this;
    const mixed = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    const other = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    this.low = mixed >>> 0;
    this.high = other >>> 0;
    return this;
  }
}

/** A byte that no UTF-8 text holds. */
const SEPARATOR = 0xff;

const encoder = new TextEncoder();
