/**
 * How a result is handed on. The engine gives a streamed result as chunks that are each a whole document of the
 * format, so `rows` formats are passed on as they come, `headed` ones without the repeated header, and `whole`
 * ones (JSON, Parquet, Pretty, ...) are made in one piece.
 */
export type Delivery =
  | { readonly kind: "rows" }
  | { readonly kind: "headed"; readonly header: Header }
  | { readonly kind: "whole" };

/** The lines that begin a document; where names are quoted, a line break inside quotes belongs to a name. */
export interface Header {
  readonly lines: 1 | 2;
  readonly quoted: boolean;
}

const ROWS = new Set([
  "JSONEachRow",
  "JSONLines",
  "NDJSON",
  "JSONStringsEachRow",
  "JSONCompactEachRow",
  "JSONCompactStringsEachRow",
  "CSV",
  "TabSeparated",
  "TSV",
  "TabSeparatedRaw",
  "TSVRaw",
  "RowBinary",
  "Native",
  "Null",
]);

const HEADED = /^(?:CSV|TabSeparated|TSV|JSONCompactEachRow|JSONCompactStringsEachRow)WithNames(AndTypes)?$/;

/** How a result in this format is handed on. */
export function delivery(format: string): Delivery {
  if (ROWS.has(format)) return { kind: "rows" };
  const headed = HEADED.exec(format);
  if (headed === null) return { kind: "whole" };
  return {
    kind: "headed",
    header: { lines: headed[1] === undefined ? 1 : 2, quoted: format.startsWith("CSV") },
  };
}

/** The bytes behind the header. */
export function withoutHeader(chunk: Uint8Array, header: Header): Uint8Array {
  let inQuotes = false;
  let linesLeft: number = header.lines;
  for (let at = 0; at < chunk.length; at++) {
    if (header.quoted && chunk[at] === QUOTE) inQuotes = !inQuotes;
    if (chunk[at] === NEWLINE && !inQuotes && --linesLeft === 0) return chunk.subarray(at + 1);
  }
  return new Uint8Array();
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** The `Content-Type` that ClickHouse gives a format. */
export function contentType(format: string): string {
  if (/^(JSONLines|NDJSON)$|EachRow/.test(format)) return "application/x-ndjson; charset=UTF-8";
  if (format.startsWith("JSON")) return "application/json; charset=UTF-8";
  if (format.startsWith("CSV")) {
    return `text/csv; charset=UTF-8; header=${format.includes("WithNames") ? "present" : "absent"}`;
  }
  if (/^(TabSeparated|TSV)/.test(format)) return "text/tab-separated-values; charset=UTF-8";
  if (/^(Parquet|Arrow|ORC|Avro|Native|RowBinary|MsgPack|BSON|Protobuf|Cap)/.test(format)) {
    return "application/octet-stream";
  }
  return "text/plain; charset=UTF-8";
}
