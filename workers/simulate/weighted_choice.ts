import type { SeededRandom } from "./seeded_random.ts";

/**
 * Draws the index of a weight with a probability in proportion to it, in constant time: the alias method in Michael
 * Vose's form ("A linear algorithm for generating random numbers with a given distribution", 1991).
 */
export class WeightedChoice {
  readonly #keep: Float64Array;
  readonly #alias: Uint32Array;

  /** @throws {RangeError} when there is no weight, or one is negative or not finite, or all are 0. */
  constructor(weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0 && total < Infinity) || weights.some((weight) => weight < 0)) {
      throw new RangeError(`Cannot choose by weights: they must be finite, not negative, and one above 0`);
    }
    const size = weights.length;
    const share = weights.map((weight) => weight * size / total);
    const small: number[] = [];
    const large: number[] = [];
    share.forEach((value, index) => (value < 1 ? small : large).push(index));
    this.#keep = new Float64Array(size).fill(1);
    this.#alias = new Uint32Array(size);
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!;
      const rich = large.pop()!;
      this.#keep[poor] = share[poor]!;
      this.#alias[poor] = rich;
      share[rich] = share[rich]! + share[poor]! - 1;
      (share[rich]! < 1 ? small : large).push(rich);
    }
  }

  /** An index into the weights. */
  draw(random: SeededRandom): number {
    const index = random.below(this.#keep.length);
    return random.unit() < this.#keep[index]! ? index : this.#alias[index]!;
  }
}
