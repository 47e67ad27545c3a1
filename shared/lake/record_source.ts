import type { EventRow } from "@countinghouse/cold/event_row";
import type { Lake } from "./lake.ts";
import { EVERY_COLUMN, LakeFileMissingError, readLakeFile } from "./lake_rows.ts";
import type { HeldFile, Manifest } from "./manifest.ts";
import { decodeParquet, type RecordRange } from "./parquet_file.ts";

/** Offsets that are read at a time: about as many rows are in memory, some 500 bytes each, and one file. */
export const WINDOW_OFFSETS = 20_000;
/** How often a window is begun anew because its files were replaced meanwhile. */
const ATTEMPTS = 10;

/** Rows of one partition in offset order. */
export interface LakeWindow<Name extends keyof EventRow> {
  readonly rows: readonly Pick<EventRow, Name | "offset">[];
  /** Every row of the partition below this is in this window or an earlier one. */
  readonly through: number;
}

/**
 * The rows of a partition in offset order, as the log had them, window by window. Files are sorted by event time and
 * may reach over many windows; each window reads those files whose offsets it meets, and keeps its own rows. Exact
 * while others write, compact and erase: a window is read from the files of one moment.
 *
 * @param columns what is wanted of each row; the offset comes with them.
 * @throws {LakeFileMissingError} when a file is gone for good.
 */
export async function* readLakeRecords<Name extends keyof EventRow = typeof EVERY_COLUMN[number]>(
  lake: Lake,
  { partition, from, through }: RecordRange,
  columns: readonly Name[] = EVERY_COLUMN as unknown as readonly Name[],
  windowOffsets = WINDOW_OFFSETS,
): AsyncGenerator<LakeWindow<Name>> {
  for (let start = from; start < through;) {
    const end = Math.min(start + windowOffsets, through);
    yield { rows: await readWindow(lake, { partition, from: start, through: end }, columns), through: end };
    start = end;
  }
}

async function readWindow<Name extends keyof EventRow>(
  lake: Lake,
  range: RecordRange,
  columns: readonly Name[],
): Promise<Pick<EventRow, Name | "offset">[]> {
  let missing: HeldFile | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    missing = undefined;
    const rows: Pick<EventRow, Name | "offset">[] = [];
    for (const file of filesOf(await lake.refresh(), range)) {
      const bytes = await readLakeFile(lake, file);
      if (bytes === undefined) {
        missing = file;
        break;
      }
      for await (const some of decodeParquet(bytes, [...columns, "offset"], range)) rows.push(...some);
    }
    if (missing === undefined) return rows.sort((a, b) => a.offset - b.offset);
  }
  throw new LakeFileMissingError(`Cannot read ${missing?.path}: the lake's log names it, but it is gone`);
}

function filesOf(manifest: Manifest, { partition, from, through }: RecordRange): HeldFile[] {
  return manifest.files().filter(({ ranges }) => {
    const held = ranges[partition];
    return held !== undefined && held.from < through && held.through > from;
  });
}
