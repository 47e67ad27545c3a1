/**
 * Chris Doty-Humphrey's sfc32 ("small fast counter", PractRand 0.94): 128 bits of state, a period of at least 2^32
 * and 2^127 on average, and the same numbers on every machine because it only uses 32-bit integer arithmetic.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** A stream of its own for every different list of seeds. */
  constructor(...seeds: readonly (number | string)[]) {
    const text = JSON.stringify(seeds);
    this.#a = fnv1a(text, 0x811c9dc5);
    this.#b = fnv1a(text, this.#a ^ 0x9e3779b9);
    this.#c = fnv1a(text, this.#b ^ 0x85ebca6b);
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A number from 0 (inclusive) to 1 (exclusive), with 32 bits. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number from 0 to `limit` - 1; `limit` is at most 2^32. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True with this probability (0 to 1). */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** An element of a list that is not empty. */
  oneOf<T>(list: readonly T[]): T {
    const element = list[this.below(list.length)];
    if (element === undefined) throw new RangeError("Cannot choose from a list: it is empty");
    return element;
  }
}

/** Fowler, Noll and Vo's FNV-1a, 32 bits, over the UTF-16 code units of a text. */
export function fnv1a(text: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
