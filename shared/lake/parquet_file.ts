import { type RecordBatch, tableFromIPC, tableToIPC } from "apache-arrow";
import {
  Compression,
  EnabledStatistics,
  Encoding,
  ParquetFile,
  type RecordBatch as WasmBatch,
  Table as WasmTable,
  transformParquetStream,
  type WriterProperties,
  WriterPropertiesBuilder,
} from "parquet-wasm";
import type { EventRow } from "@countinghouse/cold/event_row";
import type { EventColumns } from "./event_columns.ts";

/** Rows that are turned into Arrow at a time: what makes memory flat, whatever the size of the file. */
const BATCH_ROWS = 8_192;
/** Repeated texts of a row group share a dictionary, which 1 MB, the default, may not hold. */
const DICTIONARY_BYTES = 4_194_304;
/** Sorted or nearly so: differences are small. */
const RISING = ["event_time", "append_time", "offset"];
/** Hardly ever the same twice: a dictionary would be in vain. */
const UNIQUE = ["event_id", "order_id"];

/**
 * How the lake's files are written: zstd, dictionaries where texts repeat, differences where numbers rise, statistics
 * per column chunk and page. Pages are of version 1, as version 2 leaves the levels of optional columns uncompressed.
 */
function writerProperties(): WriterProperties {
  let builder = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setStatisticsEnabled(EnabledStatistics.Page)
    .setDictionaryPageSizeLimit(DICTIONARY_BYTES)
    .setCreatedBy("countinghouse");
  for (const name of RISING) {
    builder = builder.setColumnDictionaryEnabled(name, false)
      .setColumnEncoding(name, Encoding.DELTA_BINARY_PACKED);
  }
  for (const name of UNIQUE) {
    builder = builder.setColumnDictionaryEnabled(name, false)
      .setColumnEncoding(name, Encoding.DELTA_LENGTH_BYTE_ARRAY);
  }
  return builder.build();
}

/** A run of rows in the order in which they go into a file. */
export interface RowRun {
  readonly columns: EventColumns;
  readonly rows: Uint32Array;
}

/** Writes a Parquet file of these rows, in the order in which they come. There has to be one at least. */
export async function encodeParquet(runs: AsyncIterable<RowRun> | Iterable<RowRun>): Promise<Uint8Array> {
  const batches = ReadableStream.from(wasmBatches(runs));
  const written = await transformParquetStream(batches, writerProperties());
  return new Uint8Array(await new Response(written).arrayBuffer());
}

async function* wasmBatches(runs: AsyncIterable<RowRun> | Iterable<RowRun>): AsyncGenerator<WasmBatch> {
  for await (const { columns, rows } of runs) {
    for (let start = 0; start < rows.length; start += BATCH_ROWS) {
      const table = columns.table(rows.subarray(start, start + BATCH_ROWS));
      // The collector does not see how large what lies in WebAssembly's memory is.
      using copied = WasmTable.fromIPCStream(tableToIPC(table, "stream"));
      yield* copied.recordBatches();
    }
  }
}

/** Rows with some of their columns. */
export type RowsOf<Name extends keyof EventRow> = readonly Pick<EventRow, Name>[];

/** Records of one partition, by their offsets, half-open. */
export interface RecordRange {
  readonly partition: number;
  readonly from: number;
  readonly through: number;
}

/**
 * Reads a file of the lake, some thousand rows at a time, and of those only the columns that are wanted; and where
 * records are named, only the rows of those, which saves making the others.
 */
export async function* decodeParquet<Name extends keyof EventRow>(
  bytes: Uint8Array,
  columns: readonly Name[],
  records?: RecordRange,
): AsyncGenerator<RowsOf<Name>> {
  const file = await ParquetFile.fromFile(new Blob([bytes as BlobPart]));
  try {
    const batches: ReadableStream<WasmBatch> = await file.stream({
      columns: [
        ...new Set<string>([...columns, "event_type", ...records === undefined ? [] : RECORD_COLUMNS]),
      ],
      batchSize: BATCH_ROWS,
    });
    for await (const batch of batches) {
      const ipc = batch.intoIPCStream();
      for (const decoded of tableFromIPC(ipc).batches) {
        const rows = rowsOf(decoded, columns, rowsAt(decoded, records));
        if (rows.length > 0) yield rows;
      }
    }
  } finally {
    file.free();
  }
}

/** What names a record. */
const RECORD_COLUMNS = ["partition", "offset"] as const;

/** Where in a batch the rows of some records are; everywhere, unless some are named. */
function rowsAt(batch: RecordBatch, records: RecordRange | undefined): readonly number[] {
  const all = Array.from({ length: batch.numRows }, (_, at) => at);
  if (records === undefined) return all;
  const [partitions, offsets] = RECORD_COLUMNS.map((name): BigInt64Array => batch.getChild(name)!.toArray());
  const [partition, from, through] = [records.partition, records.from, records.through].map(BigInt);
  return all.filter((at) =>
    partitions![at] === partition && offsets![at]! >= from! && offsets![at]! < through!
  );
}

function rowsOf<Name extends keyof EventRow>(
  batch: RecordBatch,
  names: readonly Name[],
  at: readonly number[],
): RowsOf<Name> {
  const rows = at.map((): Record<string, unknown> => ({}));
  for (const name of names) {
    const read = READ[name] ?? ((value: unknown) => value);
    const column = batch.getChild(name);
    rows.forEach((row, n) => {
      const value: unknown = column?.get(at[n]!);
      row[name] = value === null ? undefined : read(value as never);
    });
  }
  if ((names as readonly string[]).includes("type_name")) {
    const types = batch.getChild("event_type");
    rows.forEach((row, n) => row["type_name"] ??= types?.get(at[n]!));
  }
  return rows as unknown as RowsOf<Name>;
}

/** An item of a list as Arrow hands it out. */
interface ArrowItem {
  readonly product_id: string | null;
  readonly amount: bigint | null;
  readonly quantity: number;
}

/** Columns whose values are not those of a row as they are. */
const READ: { readonly [Name in keyof EventRow]?: (value: never) => unknown } = {
  partition: (value: bigint) => Number(value),
  offset: (value: bigint) => Number(value),
  amount: (value: bigint) => Number(value),
  items: (items: ArrayLike<ArrowItem> & Iterable<ArrowItem>) =>
    items.length === 0 ? undefined : Array.from(items, ({ product_id, amount, quantity }) => ({
      product_id: product_id ?? undefined,
      amount: amount === null ? undefined : Number(amount),
      quantity,
    })),
};
