import type { RecordBatch } from "parquet-wasm";

const ROW_GROUP_ROWS = 100_000;

/**
 * Turns documents in Arrow's stream format, all of one schema, into one Parquet file, compressed by zstd. It holds a
 * document and a row group at a time. There must be at least one document, which says the schema; it may have no rows.
 *
 * @throws what the documents throw; the file then lacks its end.
 */
export async function* parquetOf(
  documents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  // 6 MB of WebAssembly, for those who ask for it.
  const { Compression, Table, transformParquetStream, WriterPropertiesBuilder, writeParquet } = await import(
    "parquet-wasm"
  );
  const properties = () =>
    new WriterPropertiesBuilder().setCompression(Compression.ZSTD).setMaxRowGroupSize(ROW_GROUP_ROWS).build();
  let empty: Uint8Array | undefined;
  let failure: { readonly error: unknown } | undefined;
  async function* readBatches(): AsyncGenerator<RecordBatch> {
    try {
      for await (const document of documents) {
        const table = Table.fromIPCStream(document);
        const found = table.recordBatches();
        table.free();
        if (found.length === 0) empty ??= document;
        yield* found;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }

  const batches = readBatches();
  const first = await batches.next();
  if (first.done) {
    if (empty === undefined) throw new Error("Cannot write Parquet without a schema: there is no document");
    yield writeParquet(Table.fromIPCStream(empty), properties());
    return;
  }
  async function* all(): AsyncGenerator<RecordBatch> {
    yield first.value;
    yield* batches;
  }
  try {
    for await (const chunk of await transformParquetStream(ReadableStream.from(all()), properties())) {
      // The writer takes a failed source for one that has ended, and would finish the file.
      if (failure !== undefined) break;
      yield chunk;
    }
  } finally {
    await batches.return(undefined);
  }
  if (failure !== undefined) throw failure.error;
}
