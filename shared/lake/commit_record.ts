import type { OffsetRanges } from "./lake_path.ts";

/** A Parquet file of the lake: rows of one store and one hour. */
export interface LakeFile {
  /** Where it is to be read. */
  readonly path: string;
  /** Where it lies until it is published. */
  readonly staged: string;
  readonly storeId: string;
  /** Start of its hour of event time, in milliseconds since the epoch. */
  readonly hourMs: number;
  readonly bytes: number;
  readonly ranges: OffsetRanges;
}

/** What every commit says. */
interface CommitHead {
  /** Who made it: a writer whose reply got lost knows its own again. */
  readonly id: string;
  /** When, by the writer's clock. */
  readonly atMs: number;
  readonly adds: readonly LakeFile[];
}

/** Records of a partition have come in. */
export interface AppendRecord extends CommitHead {
  readonly kind: "append";
  readonly partition: number;
  /** All records from here... */
  readonly from: number;
  /** ...to below here are in the files, but for those that could not be read as events. */
  readonly through: number;
  /** When the first and the last row's record were appended to the log; undefined where there is no row. */
  readonly appendedMs: readonly [number, number] | undefined;
}

/** Files were replaced by others that hold the same rows, or in an erasure fewer. */
export interface RewriteRecord extends CommitHead {
  readonly kind: "rewrite";
  readonly reason: "compaction" | "erasure";
  /** Paths. */
  readonly removes: readonly string[];
}

/** A step of the lake: what is in the log is in the lake, and nothing else is. */
export type CommitRecord = AppendRecord | RewriteRecord;

/** How many rows a file holds. */
export function rowsIn({ ranges }: Pick<LakeFile, "ranges">): number {
  return Object.values(ranges).reduce((rows, range) => rows + range.rows, 0);
}
