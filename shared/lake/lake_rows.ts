import type { EventRow } from "@countinghouse/cold/event_row";
import type { LakeFile } from "./commit_record.ts";
import type { Lake } from "./lake.ts";
import { HOUR_MS } from "./lake_path.ts";
import type { HeldFile, LakeRange } from "./manifest.ts";
import { decodeParquet, type RowsOf } from "./parquet_file.ts";

/** A file of the lake is neither where it should be nor where it was staged. */
export class LakeFileMissingError extends Error {
  override name = "LakeFileMissingError";
}

/** How often an hour is begun anew because its files were replaced meanwhile. */
const ATTEMPTS = 10;

/** Every column, in the order of {@link EventRow}. */
export const EVERY_COLUMN = [
  "partition",
  "offset",
  "append_time",
  "event_id",
  "event_type",
  "type_name",
  "event_time",
  "user_id",
  "session_id",
  "store_id",
  "page",
  "product_id",
  "order_id",
  "coupon",
  "quantity",
  "currency",
  "amount",
  "items",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "user_agent",
  "os",
  "mobile",
  "country",
  "city",
  "lat",
  "lon",
  "unknown_fields",
] as const satisfies readonly (keyof EventRow)[];

/**
 * The rows of a range, duplicates of the log included, some thousand at a time: hour by hour, and within a file by
 * event time. Exact while others write, compact and erase: each hour is read from the files of one moment. Memory
 * holds the files of an hour, which are some 35 bytes a row.
 *
 * @param columns what is wanted of each row; few columns are read much faster.
 * @throws {LakeFileMissingError} when a file is gone for good.
 */
export async function* readLakeRows<Name extends keyof EventRow = typeof EVERY_COLUMN[number]>(
  lake: Lake,
  range: LakeRange,
  columns: readonly Name[] = EVERY_COLUMN as unknown as readonly Name[],
): AsyncGenerator<RowsOf<Name>> {
  const { fromMs, toMs } = range;
  const hours = new Set((await lake.refresh()).filesIn(range).map((file) => file.hourMs));
  for (const hourMs of hours) {
    const within = { ...range, fromMs: Math.max(fromMs, hourMs), toMs: Math.min(toMs, hourMs + HOUR_MS) };
    for (const bytes of await readHour(lake, within)) {
      const whole = within.fromMs === hourMs && within.toMs === hourMs + HOUR_MS;
      if (whole) yield* decodeParquet(bytes, columns);
      else yield* decodeWithin(bytes, columns, within);
    }
  }
}

/** The bytes of a file, published or not; undefined where a commit has replaced it meanwhile. */
export async function readLakeFile(
  lake: Lake,
  { path, staged }: Pick<LakeFile, "path" | "staged">,
): Promise<Uint8Array | undefined> {
  // The third look is for a file that was published between the first two.
  return await lake.store.read(path) ?? await lake.store.read(staged) ?? await lake.store.read(path);
}

async function readHour(lake: Lake, range: LakeRange): Promise<Uint8Array[]> {
  let missing: HeldFile | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read: Uint8Array[] = [];
    missing = undefined;
    for (const file of lake.manifest.filesIn(range)) {
      const bytes = await readLakeFile(lake, file);
      if (bytes === undefined) {
        missing = file;
        break;
      }
      read.push(bytes);
    }
    if (missing === undefined) return read;
    await lake.refresh();
  }
  throw new LakeFileMissingError(`Cannot read ${missing?.path}: the lake's log names it, but it is gone`);
}

async function* decodeWithin<Name extends keyof EventRow>(
  bytes: Uint8Array,
  columns: readonly Name[],
  { fromMs, toMs }: LakeRange,
): AsyncGenerator<RowsOf<Name>> {
  for await (const rows of decodeParquet(bytes, [...columns, "event_time"])) {
    const wanted = rows.filter((row) => row.event_time >= fromMs && row.event_time < toMs);
    if (wanted.length > 0) yield wanted;
  }
}
