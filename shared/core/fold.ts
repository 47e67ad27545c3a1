import type { RecordBatch } from "./log_record.ts";
import type { Offset } from "./offset.ts";

/**
 * A pure function of one partition's log prefix, fed batch by batch. It reads no clock, no random number and no
 * network; whoever drives it brings the records and carries away what changed.
 *
 * `Change` is what a sink stores; `Stored` is state that the sink keeps and the fold has let go of, which a late
 * event can ask for again.
 */
export interface Fold<Change, Stored = never> {
  /** The offset up to which records are folded in; the next record to apply. */
  readonly through: Offset;

  /** Takes up a snapshot made by {@link Fold.snapshot}. Answers false, and stays empty, when it can't be used. */
  restore(snapshot: Uint8Array): boolean;

  /** The keys of the stored state that this batch touches and the fold does not hold. */
  needs(batch: RecordBatch): readonly string[];

  /** Takes stored state back in, by key; a key that the sink does not know is simply left out. */
  load(stored: ReadonlyMap<string, Stored>): void;

  /** Folds a batch in. Records below {@link Fold.through} are skipped: they are in already. */
  apply(batch: RecordBatch): void;

  /**
   * What changed since the last call; the fold forgets that it changed. What is wanted less often than the rest may
   * be left for the next whole take.
   */
  take(whole: boolean): Change;

  /** The whole state, in bytes that carry their version and checksum. Right after a whole take. */
  snapshot(): Uint8Array;
}
