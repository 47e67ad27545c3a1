import { Hash64 } from "@countinghouse/core";

/** An hour in milliseconds: what a file of the lake holds at most. */
export const HOUR_MS = 3_600_000;
/** A folder's name has 255 bytes at most, everywhere. */
const LONGEST_NAME = 200;

/** The start of the hour of a time. */
export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}

/**
 * The folder of a store's hour in Hive's layout, in UTC: `store_id=default/dt=2026-03-01/hour=09`. What a folder's
 * name can't hold is percent-encoded, and a name that is too long is replaced by its hash; the true one is a column.
 */
export function hourFolder(storeId: string, hourMs: number): string {
  const iso = new Date(hourMs).toISOString();
  return `store_id=${folderName(storeId)}/dt=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** Offsets of one partition, half-open, and how many rows of it there are. */
export interface OffsetRange {
  readonly from: number;
  readonly through: number;
  readonly rows: number;
}

/** The offsets in a file, by partition. */
export type OffsetRanges = Readonly<Record<number, OffsetRange>>;

/**
 * A file's name: its partitions and offsets, as in `p0003-00000000000000000100-00000000000000000200.parquet`; one
 * that a rewriting made has the number of its commit behind that, as its offsets may be those of the file it replaces.
 */
export function fileName(ranges: OffsetRanges, rewrite?: number): string {
  const partitions = Object.keys(ranges).map(Number).sort((a, b) => a - b);
  const [first, last] = [partitions[0] ?? 0, partitions.at(-1) ?? 0].map((partition) =>
    `p${digits(partition, 4)}`
  );
  const from = Math.min(...Object.values(ranges).map((range) => range.from));
  const through = Math.max(...Object.values(ranges).map((range) => range.through));
  const which = first === last ? first : `${first}-${last}`;
  const version = rewrite === undefined ? "" : `-r${rewrite}`;
  return `${which}-${digits(from)}-${digits(through)}${version}.parquet`;
}

/** A number that sorts as text. */
export function digits(value: number, places = 20): string {
  return String(value).padStart(places, "0");
}

function folderName(storeId: string): string {
  const name = encodeURIComponent(storeId.toWellFormed())
    .replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  if (name.length <= LONGEST_NAME) return name;
  const { high, low } = new Hash64().of(storeId);
  return `~${[high, low].map((half) => half.toString(16).padStart(8, "0")).join("")}`;
}
