/** The formats that can be read. */
export const FORMATS = ["ndjson", "json", "csv"] as const;

/** One of {@link FORMATS}; json is one array of events. */
export type Format = typeof FORMATS[number];

const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Which format an input has: an array begins with a bracket; else the file's name tells (.csv, and .ndjson, .jsonl or
 * .json, with or without .gz); else what begins with a brace is NDJSON, and anything else CSV.
 */
export function detectFormat(fileName: string, beginning: Uint8Array): Format {
  const name = fileName.toLowerCase().replace(/\.gz$/, "");
  if (name.endsWith(".csv")) return "csv";
  const first = beginning.find((byte) => byte > 0x20);
  if (first === BRACKET) return "json";
  if (/\.(ndjson|jsonl|json)$/.test(name) || first === BRACE) return "ndjson";
  return "csv";
}
