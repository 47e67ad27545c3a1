/** Random choices that are the same in every run with the same seed. */
export interface SeededRandom {
  /** A fraction in [0, 1). */
  fraction(): number;
  /** A whole number in [0, below). */
  whole(below: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the choices, each as likely as the others. */
  pick<T>(choices: readonly T[]): T;
}

/** Randomness from a 32-bit seed, by mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number) => Math.floor(fraction() * below);
  return {
    fraction,
    whole,
    chance: (probability) => fraction() < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError("Cannot pick a choice: there are none");
      return choices[whole(choices.length)] as typeof choices[number];
    },
  };
}
