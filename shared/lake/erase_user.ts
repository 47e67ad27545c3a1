import type { EventRow } from "@countinghouse/cold/event_row";
import { decodeParquet } from "./parquet_file.ts";
import type { Lake } from "./lake.ts";
import { readLakeFile } from "./lake_rows.ts";
import type { HeldFile } from "./manifest.ts";
import { rewriteFiles } from "./rewrite.ts";

/** What an erasure did. */
export interface ErasureReceipt {
  readonly storeId: string;
  readonly userId: string;
  readonly filesLookedAt: number;
  readonly filesRewritten: number;
  readonly rowsRemoved: number;
}

/** What of a user is erased, and whether it is. */
export interface ErasureOptions {
  /** Only records below here, by partition; all that there are where left out. */
  readonly below?: ReadonlyMap<number, number>;
  /** Only looks; the receipt then says what would be done. */
  readonly dryRun?: boolean;
}

/**
 * Erases a user of a store: rewrites each file that holds rows of that user without them. File by file, so that
 * memory stays flat; an erasure that was broken off goes on when it is asked for again. Files that come in meanwhile
 * are looked at too. What the log still holds of the user comes again when the lake is rebuilt from it.
 */
export async function eraseUser(
  lake: Lake,
  storeId: string,
  userId: string,
  { below, dryRun = false }: ErasureOptions = {},
): Promise<ErasureReceipt> {
  const seen = new Set<string>();
  let filesLookedAt = 0;
  const user = userId.toWellFormed();
  const isErased = ({ user_id, partition, offset }: UserRow) =>
    user_id === user && (below === undefined || offset < (below.get(partition) ?? 0));
  let filesRewritten = 0;
  let rowsRemoved = 0;
  const next = async (): Promise<HeldFile | undefined> => {
    const everything = { storeId, fromMs: -Infinity, toMs: Infinity };
    return (await lake.refresh()).filesIn(everything).find(({ path }) => !seen.has(path));
  };
  for (let file = await next(); file !== undefined; file = await next()) {
    seen.add(file.path);
    filesLookedAt++;
    const rows = await countRows(lake, file, isErased);
    if (rows === 0) continue;
    if (!dryRun) {
      const rewritten = await rewriteFiles(lake, [file], "erasure", (row) => !isErased(row));
      // Replaced by a compaction meanwhile: its successor is found by the next look.
      if (rewritten === undefined) continue;
      for (const path of rewritten.paths) seen.add(path);
    }
    filesRewritten++;
    rowsRemoved += rows;
  }
  return { storeId, userId, filesLookedAt, filesRewritten, rowsRemoved };
}

const USER_COLUMNS = ["user_id", "partition", "offset"] as const;
type UserRow = Pick<EventRow, typeof USER_COLUMNS[number]>;

async function countRows(
  lake: Lake,
  file: HeldFile,
  isErased: (row: UserRow) => boolean,
): Promise<number> {
  const bytes = await readLakeFile(lake, file);
  if (bytes === undefined) return 0;
  let count = 0;
  for await (const rows of decodeParquet(bytes, USER_COLUMNS)) count += rows.filter(isErased).length;
  return count;
}
