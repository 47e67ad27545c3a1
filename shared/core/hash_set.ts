import type { Hash64 } from "./hash64.ts";

const SMALLEST = 16;

/**
 * A set of 64-bit hashes in one typed array: open addressing with linear probing, a power of two slots, at most
 * three quarters full. 11 to 22 bytes a member, and no object for any of them.
 */
export class HashSet64 {
  /** Low and high half of each slot; both 0 marks a free one. */
  #slots = new Uint32Array(2 * SMALLEST);
  #mask = SMALLEST - 1;
  #size = 0;
  /** The hash whose halves are both 0 can't stand in a slot. */
  #hasZero = false;

  /** How many hashes are in. */
  get size(): number {
    return this.#size;
  }

  /** Puts a hash in; answers true when it was not in yet. */
  add(hash: Pick<Hash64, "low" | "high">): boolean {
    return this.#add(hash.low, hash.high);
  }

  /** Every hash as two 32-bit words, low half first, sorted as 64-bit numbers: the canonical form. */
  toWords(): Uint32Array {
    const words = this.unsorted();
    new BigUint64Array(words.buffer).sort();
    return words;
  }

  /** Every hash as two 32-bit words in no order. */
  unsorted(): Uint32Array {
    const words = new Uint32Array(2 * this.#size);
    let at = this.#hasZero ? 2 : 0;
    for (let slot = 0; slot < this.#slots.length; slot += 2) {
      const low = this.#slots[slot]!;
      const high = this.#slots[slot + 1]!;
      if ((low | high) === 0) continue;
      words[at++] = low;
      words[at++] = high;
    }
    return words;
  }

  /** Reads {@link HashSet64.toWords} back. */
  static fromWords(words: Uint32Array): HashSet64 {
    const set = new HashSet64();
    set.#reserve(words.length / 2);
    for (let at = 0; at < words.length; at += 2) set.#add(words[at]!, words[at + 1]!);
    return set;
  }

  #add(low: number, high: number): boolean {
    if ((low | high) === 0) {
      const isNew = !this.#hasZero;
      if (isNew) this.#size++;
      this.#hasZero = true;
      return isNew;
    }
    let slot = (low ^ high) & this.#mask;
    for (;;) {
      const at = 2 * slot;
      const lowThere = this.#slots[at]!;
      const highThere = this.#slots[at + 1]!;
      if (lowThere === low && highThere === high) return false;
      if ((lowThere | highThere) === 0) {
        this.#slots[at] = low;
        this.#slots[at + 1] = high;
        this.#size++;
        if (4 * this.#size > 3 * (this.#mask + 1)) this.#resize(2 * (this.#mask + 1));
        return true;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #reserve(members: number): void {
    let slots = this.#mask + 1;
    while (4 * members > 3 * slots) slots *= 2;
    if (slots > this.#mask + 1) this.#resize(slots);
  }

  #resize(slots: number): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * slots);
    this.#mask = slots - 1;
    this.#size = this.#hasZero ? 1 : 0;
    for (let slot = 0; slot < before.length; slot += 2) {
      const low = before[slot]!;
      const high = before[slot + 1]!;
      if ((low | high) !== 0) this.#add(low, high);
    }
  }
}
