import type { Offset } from "@countinghouse/core";

/** What a sink is asked to store of one partition, and through which offset it goes. */
export interface SinkBatch<Change> {
  readonly partition: number;
  /** Every record below this offset is in the change or in an earlier one. */
  readonly through: Offset;
  readonly change: Change;
}

/**
 * A store that holds the offset with the data. A write that goes through a lower offset than the sink has is
 * refused by the sink itself, so a crash, a replay or a zombie can't lose or double anything.
 */
export interface Sink<Change, Stored = never> {
  /** Where to read on: the offset through which this sink (with its snapshot, if it keeps one) has all data. */
  position(partition: number): Promise<Offset>;

  /** Stores a batch atomically enough that {@link Sink.position} never runs ahead of the data. */
  write(batch: SinkBatch<Change>): Promise<void>;

  /** State stored earlier, by key. */
  load?(partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, Stored>>;

  /** The newest usable snapshot; undefined means "begin at the start of the log". */
  snapshots?: SnapshotStore;
}

/** Where a fold's snapshots are kept. */
export interface SnapshotStore {
  /** Snapshots of a partition, newest first; a reader tries the next where one is damaged. */
  list(partition: number): AsyncIterable<Uint8Array>;
  /** Keeps a snapshot and lets go of all but the newest few. */
  save(partition: number, through: Offset, bytes: Uint8Array): Promise<void>;
}
