import type { CsvOptions, FileFormat } from "./export_parameters.ts";
import { BYTE_ORDER_MARK, csvLine, csvText } from "./csv.ts";

/** What the answers of exports are said to be. */
const CONTENT_TYPES: Readonly<Record<FileFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
  json: "application/json; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

/** The headers of a file for download; its name is made of `parts`. */
export function fileHeaders(
  format: FileFormat,
  parts: readonly (string | undefined)[],
): Record<string, string> {
  const name = parts.filter((part) => part !== undefined).map(fileNamePart).join("_");
  return {
    "content-type": CONTENT_TYPES[format],
    "content-disposition": `attachment; filename="${name}.${format}"`,
    "cache-control": "no-store",
  };
}

/** A time as part of a file name: 20260301T120000Z. */
export function fileTime(timeMs: number | undefined): string | undefined {
  if (timeMs === undefined) return undefined;
  return new Date(timeMs).toISOString().replace(/\.000Z$/, "Z").replaceAll(/[-:]/g, "");
}

/** What a CSV file begins with. */
export function csvBeginning(columns: readonly string[], { header, bom }: CsvOptions): string {
  return (bom ? BYTE_ORDER_MARK : "") + (header ? csvLine(columns.map(csvText)) : "");
}

/** A store's name can have anything in it. */
function fileNamePart(text: string): string {
  return text.replaceAll(/[^\w.+-]/g, "_");
}
