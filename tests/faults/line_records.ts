import { partitionKey } from "@countinghouse/core";
import type { NewRecord } from "@countinghouse/log";

/** The lines of an NDJSON file as records of the log, with the key that every producer gives them. */
export function recordsOfLines(file: Uint8Array<ArrayBuffer>): NewRecord[] {
  const records: NewRecord[] = [];
  for (let from = 0; from < file.length;) {
    const newline = file.indexOf(10, from);
    const to = newline < 0 ? file.length : newline;
    const value = file.subarray(from, to);
    records.push({ key: keyOf(value), value });
    from = to + 1;
  }
  return records;
}

/** None for what is no event: it may go to any partition. */
function keyOf(line: Uint8Array): Uint8Array | null {
  try {
    const { store_id = "default", user_id } = JSON.parse(new TextDecoder().decode(line));
    return typeof user_id === "string" ? partitionKey(store_id, user_id) : null;
  } catch {
    return null;
  }
}

/** The records in pieces of equal size, the last one perhaps smaller. */
export function piecesOf<T>(records: readonly T[], pieces: number): readonly (readonly T[])[] {
  const size = Math.ceil(records.length / pieces);
  return Array.from({ length: pieces }, (_, at) => records.slice(at * size, (at + 1) * size));
}
