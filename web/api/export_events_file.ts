import { EVENT_COLUMNS, type EventExport, type ExportFormat } from "@countinghouse/cold";
import { csvBeginning } from "./export_file.ts";
import type { CsvOptions, FileFormat } from "./export_parameters.ts";
import type { EventSource } from "./export_source.ts";
import { jsonArray } from "./json_array.ts";
import { parquetOf } from "./parquet.ts";

/** Events as a file, chunk by chunk. The signal ends it early. */
export async function* eventsFile(
  source: EventSource,
  asked: EventExport,
  format: FileFormat,
  options: CsvOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const rows = (as: ExportFormat) => source.slices(asked, as, signal);
  switch (format) {
    case "csv":
      return yield* begun(encoder.encode(csvBeginning(EVENT_COLUMNS, options)), joined(rows("CSV")));
    case "ndjson":
      return yield* joined(rows("JSONEachRow"));
    case "json":
      for await (const text of jsonArray(joined(rows("JSONEachRow")))) yield encoder.encode(text);
      return;
    case "parquet":
      return yield* parquetOf(whole(rows("ArrowStream")));
  }
}

async function* joined(slices: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  for await (const slice of slices) yield* slice;
}

/** Puts a beginning in front of chunks, but not before there is the first: until then, a failure can be told properly. */
async function* begun(beginning: Uint8Array, chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await chunks.next();
  yield beginning;
  if (first.done) return;
  yield first.value;
  yield* chunks;
}

/** An Arrow document is read whole, which a slice is small enough for. */
async function* whole(slices: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  for await (const slice of slices) yield await new Response(ReadableStream.from(slice)).bytes();
}
