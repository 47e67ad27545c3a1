import type { RecordFormat } from "./record_splitter.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Newline-delimited JSON: a record for each line; a carriage return before the line feed belongs to the break. */
export const NDJSON: RecordFormat = {
  endless: "the line does not end",
  find(buffer, from, final) {
    const lineEnd = buffer.indexOf(LF, from);
    if (lineEnd < 0 && !final) return undefined;
    let end = lineEnd < 0 ? buffer.length : lineEnd;
    const next = Math.min(end + 1, buffer.length);
    if (end > from && buffer[end - 1] === CR) end--;
    let start = from;
    while (start < end && (buffer[start] === SPACE || buffer[start] === TAB)) start++;
    // A line of blanks is no record; any other one keeps the blanks it begins with.
    return { start: start === end ? end : from, end, next, lines: 1 };
  },
};
