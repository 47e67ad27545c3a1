import { type Offset, START } from "@countinghouse/core";
import type { CommitRecord, LakeFile } from "./commit_record.ts";
import { HOUR_MS } from "./lake_path.ts";

/** A file, and since when it has been in the lake, by its writer's clock. */
export interface HeldFile extends LakeFile {
  readonly sinceMs: number;
}

/** Part of the lake by event time, half-open, in milliseconds; of every store where none is named. */
export interface LakeRange {
  readonly storeId?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A manifest as a checkpoint holds it. */
export interface ManifestState {
  readonly next: number;
  readonly positions: readonly (readonly [number, Offset])[];
  readonly files: readonly HeldFile[];
}

/** What the lake holds: its log of commits, folded. */
export class Manifest {
  #next: number;
  readonly #positions: Map<number, Offset>;
  readonly #files: Map<string, HeldFile>;

  constructor({ next, positions, files }: ManifestState = { next: 0, positions: [], files: [] }) {
    this.#next = next;
    this.#positions = new Map(positions);
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** The number of the next commit. */
  get next(): number {
    return this.#next;
  }

  /** How far each partition is. */
  get positions(): ReadonlyMap<number, Offset> {
    return this.#positions;
  }

  /** The offset through which the lake has all of a partition. */
  position(partition: number): Offset {
    return this.#positions.get(partition) ?? START;
  }

  /** A file of the lake by its path. */
  file(path: string): HeldFile | undefined {
    return this.#files.get(path);
  }

  /** All files. */
  files(): HeldFile[] {
    return [...this.#files.values()];
  }

  /** The files that may hold rows of a range, by store and hour. */
  filesIn({ storeId, fromMs, toMs }: LakeRange): HeldFile[] {
    return this.files().filter((file) =>
      (storeId === undefined || file.storeId === storeId.toWellFormed()) &&
      file.hourMs < toMs && file.hourMs + HOUR_MS > fromMs
    ).sort((a, b) => a.hourMs - b.hourMs || (a.path < b.path ? -1 : 1));
  }

  /** Takes the next commit in; answers the files that it removed. */
  apply(record: CommitRecord): HeldFile[] {
    this.#next++;
    const removed = record.kind === "rewrite" ? record.removes.flatMap((path) => this.file(path) ?? []) : [];
    for (const { path } of removed) this.#files.delete(path);
    for (const file of record.adds) this.#files.set(file.path, { ...file, sinceMs: record.atMs });
    if (record.kind === "append") this.#positions.set(record.partition, record.through as Offset);
    return removed;
  }

  /** Everything, for a checkpoint. */
  state(): ManifestState {
    return { next: this.#next, positions: [...this.#positions], files: this.files() };
  }
}
