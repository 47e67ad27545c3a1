import type { Offset } from "@countinghouse/core";
import type { Sink, SinkBatch } from "@countinghouse/log";
import { forEachOf } from "./bounded_concurrency.ts";
import type { LakeFile } from "./commit_record.ts";
import { hourRuns } from "./hour_runs.ts";
import type { Lake } from "./lake.ts";
import type { LakeChange } from "./lake_fold.ts";
import { fileName, hourFolder, type OffsetRanges } from "./lake_path.ts";
import { encodeParquet } from "./parquet_file.ts";

/** Files that are encoded and staged at the same time; encoding has one thread, the disk or the network has more. */
const AT_ONCE = 4;

/**
 * Stores rows as Parquet files, one per store and hour, and one commit for all files of a batch. The commit says from
 * which offset to which; it is refused where the lake is further already, as it is for a zombie, and the rows that
 * the lake has are then left out.
 */
export class LakeSink implements Sink<LakeChange> {
  readonly #lake: Lake;

  constructor(lake: Lake) {
    this.#lake = lake;
  }

  async position(partition: number): Promise<Offset> {
    return (await this.#lake.refresh()).position(partition);
  }

  /** @throws {RangeError} when rows are missing between what the lake has and the batch. */
  async write({ partition, through, change }: SinkBatch<LakeChange>): Promise<void> {
    for (;;) {
      const from = this.#lake.manifest.position(partition);
      if (through <= from) return;
      if (change.from > from) {
        throw new RangeError(
          `Cannot append partition ${partition} from ${change.from} on: the lake holds it through ${from}`,
        );
      }
      const adds = await this.#stage(partition, from, through, change);
      const committed = await this.#lake.commit((manifest) =>
        manifest.position(partition) === from
          ? { kind: "append", partition, from, through, appendedMs: change.appendedMs, adds }
          : undefined
      );
      if (committed) return;
      await this.#lake.discard(adds);
    }
  }

  async #stage(partition: number, from: Offset, through: Offset, change: LakeChange): Promise<LakeFile[]> {
    const files: LakeFile[] = [];
    await forEachOf(hourRuns(change.columns, from), AT_ONCE, async (run) => {
      const { storeId, hourMs } = run;
      const ranges: OffsetRanges = { [partition]: { from, through, rows: run.rows.length } };
      const staged = await this.#lake.stage(await encodeParquet([run]));
      files.push({
        ...staged,
        storeId,
        hourMs,
        ranges,
        path: `${hourFolder(storeId, hourMs)}/${fileName(ranges)}`,
      });
    });
    return files;
  }
}
