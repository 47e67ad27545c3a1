import type { Offset } from "@countinghouse/core";
import type { Lake } from "./lake.ts";

/** What the lake holds of one partition of the log. */
export interface LakeBooks {
  readonly partition: number;
  /** Events: records with a row, duplicates included, refused and erased ones not. */
  readonly held: number;
  /** Every record below here is in the lake, or was refused. */
  readonly through: Offset;
}

/** The lake's books, by partition; from its log of commits, without a look into a file. */
export async function lakeBooks(lake: Lake): Promise<readonly LakeBooks[]> {
  const manifest = await lake.refresh();
  const held = new Map<number, number>();
  for (const { ranges } of manifest.files()) {
    for (const [partition, { rows }] of Object.entries(ranges)) {
      held.set(Number(partition), (held.get(Number(partition)) ?? 0) + rows);
    }
  }
  return [...manifest.positions].sort(([a], [b]) => a - b)
    .map(([partition, through]) => ({ partition, held: held.get(partition) ?? 0, through }));
}
