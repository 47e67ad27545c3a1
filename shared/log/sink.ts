import type { Offset } from "@countinghouse/core";

/** What a sink is asked to store of one partition, and through which offset it goes. */
export interface SinkBatch<Change> {
  readonly partition: number;
  /** Every record below this offset is in the change or in an earlier one. */
  readonly through: Offset;
  /** The log's end as the reader last saw it; `through === end` means caught up. */
  readonly end: Offset;
  /** When nothing was left to read last, by the reader's clock; undefined while that has not happened. */
  readonly caughtUpMs?: number | undefined;
  readonly change: Change;
}

/**
 * A store that holds the offset with the data. A write that goes through a lower offset than the sink has is
 * refused by the sink itself, so a crash, a replay or a zombie can't lose or double anything.
 */
export interface Sink<Change, Stored = never> {
  /** Where to read on when there is no snapshot: the offset through which this sink has all data. */
  position(partition: number): Promise<Offset>;

  /**
   * Stores a batch so that the position never runs ahead of the data. Writing the same batch again, as after a lost
   * reply, changes nothing. A batch without a change is a sign of life: nothing came, and this is how far we are.
   */
  write(batch: SinkBatch<Change>): Promise<void>;

  /** State stored earlier, by key; asked for only by folds that let go of state. */
  load?(partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, Stored>>;

  /** Where the fold's snapshots are, for a sink whose fold can't begin in mid-log without one. */
  readonly snapshots?: SnapshotStore;
}

/** Where a fold's snapshots are kept. */
export interface SnapshotStore {
  /** Snapshots of a partition, the furthest first; a reader tries the next where one is damaged. */
  list(partition: number): AsyncIterable<Uint8Array>;
  /** Keeps a snapshot and lets go of all but the furthest few. */
  save(partition: number, through: Offset, bytes: Uint8Array): Promise<void>;
}
