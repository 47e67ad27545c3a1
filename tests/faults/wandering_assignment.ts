import { type Assignment, pause } from "@countinghouse/log";
import type { SeededRandom } from "../seeded_random.ts";

/** How an assignment wanders. */
export interface WanderingOptions {
  readonly partitions: readonly number[];
  readonly random: SeededRandom;
  /** False for one that stays as it is. */
  readonly wanders: boolean;
  /** Told when partitions are taken away, and when they are given back. */
  readonly onChange: (change: "partitions taken away" | "partitions given back") => void;
  /** Called when a partition has been let go of. */
  readonly release: () => Promise<void>;
}

const LONGEST_MS = 4_000;

/** All partitions at first; then, as workers come and go, now some and now all of them. */
export function wanderingAssignment(options: WanderingOptions): Assignment {
  const { partitions, random, wanders, onChange, release } = options;
  const stay = (signal: AbortSignal) => pause(random.fraction() * LONGEST_MS, signal).catch(() => {});
  return {
    async *watch(signal) {
      yield new Set(partitions);
      while (!signal.aborted) {
        await stay(signal);
        if (!wanders || signal.aborted) continue;
        onChange("partitions taken away");
        yield new Set(partitions.filter(() => random.chance(0.3)));
        await stay(signal);
        if (signal.aborted) return;
        onChange("partitions given back");
        yield new Set(partitions);
      }
    },
    release,
  };
}
