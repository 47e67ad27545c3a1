/**
 * `deno run --allow-all bench/lake_size.ts [--events 1000000] [--rate 200] [--partitions 4]`: what a simulated shop's
 * events cost in the lake, per event and per column, and how many a second are written, by the same fold and sink as
 * the worker's, in a folder of its own. No engines are needed.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { LogRecord, Offset } from "@countinghouse/core";
import { compactLake, type Lake, LakeFold, LakeSink, openLake } from "@countinghouse/lake";
import { partitionOf } from "@countinghouse/log";
import { DEFAULT_FAULTS, simulate } from "@countinghouse/simulate/simulation";
import { ParquetFile } from "parquet-wasm";

const { values: flags } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    rate: { type: "string", default: "200" },
    partitions: { type: "string", default: "4" },
    "batch-rows": { type: "string", default: "100000" },
  },
});
const [events, rate, partitions, batchRows] = [
  flags.events,
  flags.rate,
  flags.partitions,
  flags["batch-rows"],
]
  .map(Number) as [number, number, number, number];
const START_MS = Date.parse("2025-11-20T18:00:00Z");

const folder = await Deno.makeTempDir();
try {
  const lake = openLake(folder);
  const writtenMs = await timed(() => write(lake));
  const written = await measure(lake);
  const compactedMs = await timed(() =>
    compactLake(lake, { nowMs: () => Date.now() + 1, quietMs: 0, maxRows: 500_000 })
  );
  const compacted = await measure(lake);
  const perSecond = (ms: number) => Math.round(written.rows / ms * 1_000);
  console.log(JSON.stringify(
    {
      rows: written.rows,
      written: {
        files: written.files,
        bytes_per_event: written.bytesPerEvent,
        events_per_s: perSecond(writtenMs),
      },
      compacted: {
        files: compacted.files,
        bytes_per_event: compacted.bytesPerEvent,
        events_per_s: perSecond(compactedMs),
        by_column: compacted.byColumn,
      },
      rss_mb: Math.round(Deno.memoryUsage().rss / 1e6),
    },
    null,
    2,
  ));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Every record is appended within 40 ms of the one before, as a broker stamps batches. */
async function write(lake: Lake): Promise<void> {
  const sink = new LakeSink(lake);
  const folds = Array.from({ length: partitions }, (_, partition) => new LakeFold(partition, 0 as Offset));
  const pending = folds.map(() => 0);
  const flush = async (partition: number) => {
    const { through } = folds[partition]!;
    pending[partition] = 0;
    await sink.write({ partition, through, end: through, change: folds[partition]!.take() });
  };
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: START_MS,
    rate,
    rhythm: false,
    count: events,
    faults: DEFAULT_FAULTS,
  });
  let sent = 0;
  for (const { key, value } of shop) {
    const partition = partitionOf(key, partitions);
    const fold = folds[partition]!;
    const offset = fold.through;
    const appendTimeMs = START_MS + Math.floor(sent++ / rate * 25) * 40;
    const record: LogRecord = { offset, appendTimeMs, key, value };
    const through = offset + 1 as Offset;
    fold.apply({ partition, records: [record], from: offset, through, end: through });
    if (++pending[partition]! >= batchRows) await flush(partition);
  }
  for (const partition of folds.keys()) await flush(partition);
}

async function measure(lake: Lake) {
  const files = (await lake.refresh()).files();
  const columns = new Map<string, number>();
  let rows = 0;
  let bytes = 0;
  for (const { path } of files) {
    const content = await Deno.readFile(`${folder}/${path}`);
    bytes += content.length;
    const metadata = (await ParquetFile.fromFile(new Blob([content]))).metadata();
    rows += metadata.fileMetadata().numRows();
    for (const column of metadata.rowGroups().flatMap((group) => group.columns())) {
      const [name = ""] = column.columnPath();
      columns.set(name, (columns.get(name) ?? 0) + column.compressedSize());
    }
  }
  const round = (value: number) => Math.round(value / rows * 100) / 100;
  const byColumn = Object.fromEntries(
    [...columns].sort(([, a], [, b]) => b - a).map(([name, bytes]) => [name, round(bytes)]),
  );
  return { files: files.length, rows, bytesPerEvent: round(bytes), byColumn };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
