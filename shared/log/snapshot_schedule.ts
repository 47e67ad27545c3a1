/** Snapshots that come ahead of their interval may give the store so many bytes a second to keep. */
const EARLY_BYTES_PER_S = 128 * 1024;

/** When snapshots are taken. */
export interface SnapshotRules {
  readonly checkpointIntervalMs: number;
  readonly checkpointRecords?: number;
}

/**
 * When the next snapshot of a partition is due: at its interval, and earlier when many records would have to be read
 * again after a crash, as far as the size of the last one allows. Times are those of `performance.now()`.
 */
export class SnapshotSchedule {
  readonly #rules: SnapshotRules;
  /** The first is due as soon as may be, so that a worker which dies again and again gets on all the same. */
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastBytes = 0;
  #recordsSince = 0;

  constructor(rules: SnapshotRules) {
    this.#rules = rules;
  }

  /** Notes that records were folded in. */
  folded(records: number): void {
    this.#recordsSince += records;
  }

  /** Notes that a snapshot was taken. */
  taken(bytes: number, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#lastBytes = bytes;
    this.#recordsSince = 0;
  }

  /** Whether a snapshot is due. */
  isDue(nowMs: number): boolean {
    const { checkpointIntervalMs, checkpointRecords = Infinity } = this.#rules;
    const isLongAgo = this.#recordsSince >= checkpointRecords;
    const earlyMs = isLongAgo ? this.#lastBytes / EARLY_BYTES_PER_S * 1_000 : Infinity;
    return nowMs - this.#lastMs >= Math.min(checkpointIntervalMs, earlyMs);
  }
}
