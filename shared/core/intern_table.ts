import { mixedLow } from "./hash64.ts";

const FREE = 0;
const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** How much a table holds before it forgets everything and begins anew. */
export interface InternLimit {
  /** A power of two. */
  readonly texts: number;
  readonly bytes: number;
}

/** At most 16,384 texts and 1 MiB of them: 2 MB in all, whatever is sent. */
export const INTERN_LIMIT: InternLimit = { texts: 1 << 14, bytes: 1 << 20 };
/** A longer text is not worth a place. */
const LONGEST_BYTES = 256;

/**
 * Texts by their UTF-8 bytes: the same bytes give the same string, and a string is only made of bytes that are not
 * in yet. An open-addressing table whose texts are compared byte by byte, so it is exact. It only saves work:
 * forgetting everything, which it does when it is full, changes no answer.
 */
export class InternTable {
  readonly #limit: InternLimit;
  readonly #mask: number;
  /** The number of the text in each slot, plus one. */
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  /** Where the bytes of each text end; they begin where the ones before end. */
  readonly #ends: Int32Array;
  readonly #bytes: Uint8Array;
  #texts: string[] = [];

  constructor(limit = INTERN_LIMIT) {
    this.#limit = limit;
    this.#mask = 2 * limit.texts - 1;
    this.#slots = new Int32Array(2 * limit.texts);
    this.#hashes = new Int32Array(limit.texts);
    this.#ends = new Int32Array(limit.texts);
    this.#bytes = new Uint8Array(limit.bytes);
  }

  /** The string of these bytes, which are UTF-8. The hash is any that all bits of them take part in. */
  text(bytes: Uint8Array, from: number, to: number, hash: number): string {
    if (to - from > LONGEST_BYTES) return UTF8.decode(bytes.subarray(from, to));
    const slot = this.#slotOf(hash, bytes, from, to);
    const number = this.#slots[slot]! - 1;
    return number >= 0 ? this.#texts[number]! : this.#add(hash, slot, bytes.subarray(from, to));
  }

  /** A table of a fixed vocabulary, for {@link InternTable.find}. */
  static of(words: readonly string[]): InternTable {
    const table = new InternTable({ texts: 64, bytes: 1 << 10 });
    for (const word of words) {
      const bytes = ENCODER.encode(word);
      table.text(bytes, 0, bytes.length, mixedLow(bytes));
    }
    return table;
  }

  /** The number of a text that is in, counted from 0 in the order in which they came; -1 for another. */
  find(bytes: Uint8Array, from: number, to: number, hash: number): number {
    return this.#slots[this.#slotOf(hash, bytes, from, to)]! - 1;
  }

  #add(hash: number, slot: number, bytes: Uint8Array): string {
    const text = UTF8.decode(bytes);
    const number = this.#texts.length;
    const begin = number === 0 ? 0 : this.#ends[number - 1]!;
    if (number === this.#limit.texts || begin + bytes.length > this.#limit.bytes) {
      this.#slots.fill(FREE);
      this.#texts = [];
      return text;
    }
    this.#bytes.set(bytes, begin);
    this.#ends[number] = begin + bytes.length;
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    this.#texts.push(text);
    return text;
  }

  /** The slot of these bytes, or the free one where they would stand. */
  #slotOf(hash: number, bytes: Uint8Array, from: number, to: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;; slot = (slot + 1) & this.#mask) {
      const number = this.#slots[slot]! - 1;
      if (number < 0 || (this.#hashes[number] === hash && this.#equals(number, bytes, from, to))) return slot;
    }
  }

  #equals(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const end = this.#ends[number]!;
    let own = number === 0 ? 0 : this.#ends[number - 1]!;
    if (end - own !== to - from) return false;
    for (let at = from; at < to; at++, own++) if (this.#bytes[own] !== bytes[at]) return false;
    return true;
  }
}
