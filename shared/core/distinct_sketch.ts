const INDEX_BITS = 12;
const REGISTERS = 1 << INDEX_BITS;
/** Bits of a 64-bit hash behind the index. */
const RANK_BITS = 64 - INDEX_BITS;
/** Four registers to a word. */
const DENSE_WORDS = REGISTERS / 4;

/** The standard error of {@link DistinctSketch.estimate}, relative to the count. */
export const SKETCH_ERROR = 1.04 / Math.sqrt(REGISTERS);

/**
 * Estimates how many distinct 64-bit hashes went in, over any number of minutes, with a standard error of 1.6 %: a
 * HyperLogLog of 4,096 registers (Flajolet et al. 2007). Merging is the maximum of each register, so it does not
 * matter how often or in which order parts are merged. The estimator is Ertl's, which needs no correction tables
 * for small and large counts ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6).
 */
export class DistinctSketch {
  readonly #registers = new Uint8Array(REGISTERS);

  /** A sketch of a set of hashes, given as pairs of words, low half first. */
  static of(hashes: Uint32Array): DistinctSketch {
    const sketch = new DistinctSketch();
    for (let at = 0; at < hashes.length; at += 2) sketch.#add(hashes[at]!, hashes[at + 1]!);
    return sketch;
  }

  /** A sketch of what is in either. */
  merge(other: DistinctSketch): DistinctSketch {
    const merged = new DistinctSketch();
    for (let index = 0; index < REGISTERS; index++) {
      merged.#registers[index] = Math.max(this.#registers[index]!, other.#registers[index]!);
    }
    return merged;
  }

  /** About how many distinct hashes went in. */
  estimate(): number {
    const histogram = new Uint32Array(RANK_BITS + 2);
    for (const rank of this.#registers) histogram[rank]!++;
    let z = REGISTERS * tau(1 - histogram[RANK_BITS + 1]! / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank--) z = (z + histogram[rank]!) / 2;
    z += REGISTERS * sigma(histogram[0]! / REGISTERS);
    return Math.round(REGISTERS * REGISTERS / (2 * Math.LN2 * z));
  }

  /** The registers in use as words of index and rank, or all of them, four to a word, where that is shorter. */
  toWords(): Uint32Array {
    const sparse: number[] = [];
    for (let index = 0; index < REGISTERS && sparse.length < DENSE_WORDS; index++) {
      const rank = this.#registers[index]!;
      if (rank > 0) sparse.push(index << 8 | rank);
    }
    return sparse.length < DENSE_WORDS
      ? Uint32Array.from(sparse)
      : new Uint32Array(this.#registers.slice().buffer);
  }

  /** Reads {@link DistinctSketch.toWords} back. */
  static fromWords(words: Uint32Array): DistinctSketch {
    const sketch = new DistinctSketch();
    if (words.length === DENSE_WORDS) {
      sketch.#registers.set(new Uint8Array(words.buffer, words.byteOffset, REGISTERS));
    } else {
      for (const word of words) sketch.#registers[word >>> 8] = word & 0xff;
    }
    return sketch;
  }

  #add(low: number, high: number): void {
    const index = high >>> (32 - INDEX_BITS);
    const rest = high << INDEX_BITS >>> 0;
    const zeros = rest === 0 ? 32 - INDEX_BITS + Math.clz32(low) : Math.clz32(rest);
    const rank = Math.min(zeros, RANK_BITS) + 1;
    if (rank > this.#registers[index]!) this.#registers[index] = rank;
  }
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let power = x;
  let weight = 1;
  let sum = x;
  for (;;) {
    power *= power;
    const before = sum;
    sum += power * weight;
    weight += weight;
    if (sum === before) return sum;
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let weight = 1;
  let sum = 1 - x;
  for (;;) {
    root = Math.sqrt(root);
    const before = sum;
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
    if (sum === before) return sum / 3;
  }
}
