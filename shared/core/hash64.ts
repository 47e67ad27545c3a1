/** What the halves of a hash begin with, and what each byte multiplies them by: see {@link Hash64.ofMixed}. */
export const LOW_SEED = 0xdeadbeef | 0;
export const HIGH_SEED = 0x41c6ce57 | 0;
export const LOW_FACTOR = 0x9e3779b1 | 0;
export const HIGH_FACTOR = 0x5f356495 | 0;

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
    this.low = LOW_SEED;
    this.high = HIGH_SEED;
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

  /** Hashes bytes: what {@link Hash64.of} makes of the text whose UTF-8 they are. */
  ofBytes(bytes: Uint8Array): this {
    this.low = LOW_SEED;
    this.high = HIGH_SEED;
    this.#takeBytes(bytes, 0, bytes.length);
    return this.#finish();
  }

  /** Takes over from a reader that has mixed the bytes of a text into both halves itself, while it read them. */
  ofMixed(low: number, high: number): this {
    this.low = low;
    this.high = high;
    return this.#finish();
  }

  /** As {@link Hash64.ofMixed}, with a second part behind the first, given by its bytes. */
  ofMixedAnd(low: number, high: number, bytes: Uint8Array, from: number, to: number): this {
    this.low = low;
    this.high = high;
    this.#step(SEPARATOR);
    this.#takeBytes(bytes, from, to);
    return this.#finish();
  }

  /** A hash of what two are hashes of, one as good as theirs. */
  ofBoth(a: Hash64, b: Hash64): this {
    this.low = (a.low ^ b.low) >>> 0;
    this.high = (a.high ^ b.high) >>> 0;
    return this;
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
        const rest = encoder.encode(text.slice(at));
        this.#takeBytes(rest, 0, rest.length);
        return;
      }
      low = Math.imul(low ^ unit, LOW_FACTOR);
      high = Math.imul(high ^ unit, HIGH_FACTOR);
    }
    this.low = low;
    this.high = high;
  }

  #takeBytes(bytes: Uint8Array, from: number, to: number): void {
    let low = this.low;
    let high = this.high;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      low = Math.imul(low ^ byte, LOW_FACTOR);
      high = Math.imul(high ^ byte, HIGH_FACTOR);
    }
    this.low = low;
    this.high = high;
  }

  #step(byte: number): void {
    this.low = Math.imul(this.low ^ byte, LOW_FACTOR);
    this.high = Math.imul(this.high ^ byte, HIGH_FACTOR);
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

/** The low half that bytes have mixed, as a hash of 32 bits for tables. */
export function mixedLow(bytes: Uint8Array): number {
  let low = LOW_SEED;
  for (const byte of bytes) low = Math.imul(low ^ byte, LOW_FACTOR);
  return low;
}
