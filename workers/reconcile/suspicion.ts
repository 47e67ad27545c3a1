/** How far the stores are, by partition: behind the last record that each holds. */
export type Positions = ReadonlyMap<number, number>;

interface Sighting {
  readonly signature: string;
  readonly atMs: number;
  /** Where the one store was, which the other has to pass before the difference counts. */
  readonly position: Positions;
}

/** How long a difference has to last. Sessions are written a second after the rest at most. */
export const SETTLE_MS = 2_000;

/**
 * Tells drift from two stores that are read a moment apart. A difference counts when it is still the same, figure for
 * figure, after the store that may be behind has passed all that the other held when it was first seen.
 */
export class Suspicion {
  readonly #sightings = new Map<string, Sighting>();

  /** Takes a difference in; answers whether it counts. */
  isConfirmed(
    key: string,
    { signature, atMs, behind, ahead }: {
      readonly signature: string;
      readonly atMs: number;
      readonly behind: Positions;
      readonly ahead: Positions;
    },
  ): boolean {
    const before = this.#sightings.get(key);
    if (before?.signature === signature) {
      return atMs - before.atMs >= SETTLE_MS && hasPassed(behind, before.position);
    }
    this.#sightings.set(key, { signature, atMs, position: ahead });
    return false;
  }

  /** Forgets a minute: it is equal, or it was dealt with. */
  clear(key: string): void {
    this.#sightings.delete(key);
  }
}

/** Whether each partition is at least where it has to be. */
export function hasPassed(positions: Positions, needed: Positions): boolean {
  for (const [partition, through] of needed) if ((positions.get(partition) ?? 0) < through) return false;
  return true;
}
