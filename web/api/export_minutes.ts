import type { DataType } from "apache-arrow";
import type { KpiWindow } from "@countinghouse/core";
import { csvLine, csvText } from "./csv.ts";
import { csvBeginning } from "./export_file.ts";
import { MINUTE_COLUMNS, type MinuteColumn } from "./export_minute_columns.ts";
import type { CsvOptions, FileFormat } from "./export_parameters.ts";
import { parquetOf } from "./parquet.ts";

type Cell = ReturnType<MinuteColumn["of"]>;

/** Minutes as a file. */
export async function minutesFile(
  windows: readonly KpiWindow[],
  format: FileFormat,
  options: CsvOptions,
): Promise<string | Uint8Array<ArrayBuffer>> {
  switch (format) {
    case "csv":
      return csvBeginning(MINUTE_COLUMNS.map(({ name }) => name), options) + windows.map(csvRow).join("");
    case "ndjson":
      return windows.map((window) => `${JSON.stringify(jsonRow(window))}\n`).join("");
    case "json":
      return JSON.stringify(windows.map(jsonRow));
    case "parquet":
      return await parquetFile(windows);
  }
}

function csvRow(window: KpiWindow): string {
  return csvLine(MINUTE_COLUMNS.map(({ kind, of }) => {
    const cell = of(window);
    if (cell === null) return "";
    return kind === "text" || kind === "currencies" ? csvText(asText(cell)) : String(cell);
  }));
}

function jsonRow(window: KpiWindow): Readonly<Record<string, Cell>> {
  return Object.fromEntries(MINUTE_COLUMNS.map(({ name, of }) => [name, of(window)]));
}

async function parquetFile(windows: readonly KpiWindow[]): Promise<Uint8Array<ArrayBuffer>> {
  const arrow = await import("apache-arrow");
  const arrowType = (kind: MinuteColumn["kind"]): DataType => {
    switch (kind) {
      case "time":
        return new arrow.TimestampMillisecond("UTC");
      case "integer":
        return new arrow.Int64();
      case "real":
        return new arrow.Float64();
      case "text":
      case "decimal":
      case "currencies":
        return new arrow.Utf8();
    }
  };
  const arrowValue = (kind: MinuteColumn["kind"], cell: Cell) => {
    if (cell === null) return null;
    if (kind === "time") return Date.parse(asText(cell));
    if (kind === "integer") return BigInt(cell as number);
    return kind === "real" ? cell : asText(cell);
  };
  const columns = MINUTE_COLUMNS.map(({ name, kind, of }) => {
    const values = windows.map((window) => arrowValue(kind, of(window)));
    return [name, arrow.vectorFromArray(values, arrowType(kind))] as const;
  });
  const document = arrow.tableToIPC(new arrow.Table(Object.fromEntries(columns)), "stream");
  return await new Response(ReadableStream.from(parquetOf([document]))).bytes();
}

function asText(cell: NonNullable<Cell>): string {
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
