import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "./seeded_random.ts";
import { WeightedChoice } from "./weighted_choice.ts";

Deno.test("each weight is drawn in proportion, and a weight of 0 never", () => {
  const weights = fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }).filter((list) =>
    list.some((w) => w > 0)
  );
  fc.assert(
    fc.property(weights, fc.integer(), (weights, seed) => {
      const random = new SeededRandom(seed);
      const choice = new WeightedChoice(weights);
      const draws = 20_000;
      const drawn = new Array<number>(weights.length).fill(0);
      for (let draw = 0; draw < draws; draw++) drawn[choice.draw(random)]!++;
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, index) => {
        const share = weight / total;
        // Six standard deviations: one failure in 500 million cells.
        const tolerance = 6 * Math.sqrt(draws * share * (1 - share));
        assert.ok(Math.abs(drawn[index]! - draws * share) <= tolerance, `${weights}: ${drawn}`);
      });
    }),
    { numRuns: 30 },
  );
});

Deno.test("weights without a meaning are refused", () => {
  for (const weights of [[], [0, 0], [1, -1, 3], [1, NaN], [Infinity]]) {
    assert.throws(() => new WeightedChoice(weights), RangeError, String(weights));
  }
});
