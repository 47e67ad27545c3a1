import type { EncodedRow } from "./row_fold.ts";

/** How large one INSERT may be. */
export interface ChunkLimits {
  readonly rows: number;
  /** Characters of JSON. */
  readonly characters: number;
}

/**
 * Cuts rows, in offset order, into runs that ClickHouse stores as one part, which is what makes an INSERT atomic: all
 * of one month of append time, and smaller than the block that it would cut itself (1,048,449 rows or 256 MiB).
 */
export function* insertChunks(
  rows: readonly EncodedRow[],
  limits: ChunkLimits,
): Generator<readonly EncodedRow[]> {
  let start = 0;
  let characters = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const full = at - start >= limits.rows || characters + row.json.length > limits.characters;
    if (at > start && (full || monthOf(row) !== monthOf(rows[at - 1]!))) {
      yield rows.slice(start, at);
      start = at;
      characters = 0;
    }
    characters += row.json.length;
  }
  if (start < rows.length) yield rows.slice(start);
}

function monthOf({ appendTimeMs }: EncodedRow): number {
  const date = new Date(appendTimeMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
