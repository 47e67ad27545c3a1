import type { EventRow } from "@countinghouse/cold/event_row";
import type { LakeFile } from "./commit_record.ts";
import { EventColumns } from "./event_columns.ts";
import { type HourRun, hourRuns, rangesOf } from "./hour_runs.ts";
import type { Lake } from "./lake.ts";
import { fileName, hourFolder } from "./lake_path.ts";
import { EVERY_COLUMN, readLakeFile } from "./lake_rows.ts";
import type { HeldFile } from "./manifest.ts";
import { decodeParquet, encodeParquet } from "./parquet_file.ts";

/** What a rewriting did; undefined where one of the files was replaced meanwhile, and nothing was done. */
export interface Rewritten {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** The files that there are instead. */
  readonly paths: readonly string[];
}

/**
 * Replaces files by one per store and hour, in one commit: all of them, or none. Rows that are not to be kept
 * are left out.
 */
export async function rewriteFiles(
  lake: Lake,
  files: readonly HeldFile[],
  reason: "compaction" | "erasure",
  keep: (row: EventRow) => boolean = () => true,
): Promise<Rewritten | undefined> {
  const columns = new EventColumns();
  let rowsBefore = 0;
  for (const file of files) {
    const bytes = await readLakeFile(lake, file);
    if (bytes === undefined) return undefined;
    for await (const rows of decodeParquet(bytes, EVERY_COLUMN)) {
      rowsBefore += rows.length;
      for (const row of rows) if (keep(row)) columns.append(row);
    }
  }
  const staged: (Omit<LakeFile, "path">)[] = [];
  for (const run of hourRuns(columns)) staged.push(await stage(lake, run));
  let paths: readonly string[] = [];
  const committed = await lake.commit((manifest) => {
    if (files.some(({ path }) => manifest.file(path) === undefined)) return undefined;
    const adds = staged.map((file) => ({
      ...file,
      path: `${hourFolder(file.storeId, file.hourMs)}/${fileName(file.ranges, manifest.next)}`,
    }));
    paths = adds.map(({ path }) => path);
    return { kind: "rewrite", reason, removes: files.map(({ path }) => path), adds };
  });
  if (committed) return { rowsBefore, rowsAfter: columns.length, paths };
  await lake.discard(staged);
  return undefined;
}

async function stage(lake: Lake, run: HourRun): Promise<Omit<LakeFile, "path">> {
  const { storeId, hourMs } = run;
  return { ...await lake.stage(await encodeParquet([run])), storeId, hourMs, ranges: rangesOf(run) };
}
