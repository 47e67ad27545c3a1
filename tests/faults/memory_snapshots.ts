import type { Offset } from "@countinghouse/core";
import type { SeededRandom } from "../seeded_random.ts";

/** As in shared/hot/snapshot_store.ts. */
const KEPT = 3;

interface Snapshot {
  readonly through: Offset;
  readonly bytes: Uint8Array;
}

/** Snapshots in memory, with the semantics of the MongoDB ones: the furthest first, and three of them. */
export class MemorySnapshots {
  readonly #kept = new Map<number, readonly Snapshot[]>();

  /** Keeps a snapshot, and lets go of all but the furthest few. */
  save(partition: number, through: Offset, bytes: Uint8Array): void {
    const all = [{ through, bytes }, ...this.#kept.get(partition) ?? []];
    this.#kept.set(partition, all.sort((a, b) => b.through - a.through).slice(0, KEPT));
  }

  /**
   * Snapshots, the furthest first; `pass` is asked before each.
   *
   * @throws {Error} where one is gone that was there when the listing began.
   */
  async *list(partition: number, pass: () => Promise<void>): AsyncGenerator<Uint8Array> {
    await pass();
    for (const snapshot of this.#kept.get(partition) ?? []) {
      await pass();
      if (!this.#kept.get(partition)?.includes(snapshot)) {
        throw new Error("Cannot read a snapshot: it is gone");
      }
      yield snapshot.bytes;
    }
  }

  /** Damages the furthest snapshots of a partition; answers how many those were. */
  damage(partition: number, atMost: number, random: SeededRandom): number {
    const snapshots = this.#kept.get(partition) ?? [];
    const hit = Math.min(atMost, snapshots.length);
    this.#kept.set(
      partition,
      snapshots.map((snapshot, at) =>
        at < hit ? { ...snapshot, bytes: damaged(snapshot.bytes, random) } : snapshot
      ),
    );
    return hit;
  }
}

/** Cut off; or of the version before, which is in the fifth byte; or with one bit changed. */
function damaged(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  if (random.chance(0.3)) return bytes.slice(0, random.whole(bytes.length));
  const changed = bytes.slice();
  if (random.chance(0.3)) changed[4]!--;
  else changed[random.whole(bytes.length)]! ^= 1 << random.whole(8);
  return changed;
}
