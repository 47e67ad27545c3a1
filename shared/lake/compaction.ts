import { rowsIn } from "./commit_record.ts";
import type { Lake } from "./lake.ts";
import type { HeldFile, Manifest } from "./manifest.ts";
import { rewriteFiles } from "./rewrite.ts";

/** When files are made one. */
export interface CompactionOptions {
  readonly nowMs: () => number;
  /** An hour is compacted when its newest file is so old. */
  readonly quietMs: number;
  /** An hour with more rows than this keeps a file for each so many; so memory stays flat, at 300 bytes a row. */
  readonly maxRows: number;
}

/** How many files may be replaced in one commit. */
const MAX_FILES = 1_000;

/**
 * Makes the files of each store's hour one, for as long as there is something to do. Whoever replaced a file
 * meanwhile goes first.
 *
 * @returns how many files were replaced.
 */
export async function compactLake(
  lake: Lake,
  options: CompactionOptions,
  signal?: AbortSignal,
): Promise<number> {
  let replaced = 0;
  while (!signal?.aborted) {
    const files = nextCompaction(await lake.refresh(), options);
    if (files.length === 0) break;
    if (await rewriteFiles(lake, files, "compaction") !== undefined) replaced += files.length;
  }
  return replaced;
}

/** The files of some quiet hours that have several: the oldest hours first, few rows in all. */
export function nextCompaction(
  manifest: Manifest,
  { nowMs, quietMs, maxRows }: CompactionOptions,
): HeldFile[] {
  const before = nowMs() - quietMs;
  const hours = Map.groupBy(
    manifest.files(),
    ({ hourMs, storeId }) => `${String(hourMs).padStart(15, "0")} ${storeId}`,
  );
  const chosen: HeldFile[] = [];
  let rows = 0;
  for (const [, files] of [...hours].sort(([a], [b]) => a < b ? -1 : 1)) {
    if (files.length < 2 || files.some(({ sinceMs }) => sinceMs > before)) continue;
    const together = fitting(files, maxRows);
    if (together.length < 2) continue;
    rows += together.reduce((sum, file) => sum + rowsIn(file), 0);
    if (chosen.length > 0 && (rows > maxRows || chosen.length + together.length > MAX_FILES)) break;
    chosen.push(...together);
  }
  return chosen;
}

/** As many of an hour's files as make one of at most so many rows, the smallest first. */
function fitting(files: readonly HeldFile[], maxRows: number): HeldFile[] {
  let rows = 0;
  return files.toSorted((a, b) => rowsIn(a) - rowsIn(b)).filter((file) => (rows += rowsIn(file)) <= maxRows);
}
