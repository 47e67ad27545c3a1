import type { RecordFormat } from "./record_splitter.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LF = 0x0a;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * One JSON array of events, on one line or many: a record for each element. Only brackets and strings are looked at,
 * so that whatever is wrong within an element is told by the decoder.
 */
export const JSON_ARRAY: RecordFormat = {
  endless: "the element does not end",
  find(buffer, from, final) {
    let at = from;
    let lines = 0;
    while (at < buffer.length && isBetweenElements(buffer[at]!)) if (buffer[at++] === LF) lines++;
    if (at > from) return { start: at, end: at, next: at, lines };
    let depth = 0;
    let quoted = false;
    for (; at < buffer.length; at++) {
      const byte = buffer[at]!;
      if (byte === LF) lines++;
      if (quoted) {
        if (byte === BACKSLASH) at++;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) {
        quoted = true;
      } else if (OPENING.has(byte)) {
        depth++;
      } else if (CLOSING.has(byte)) {
        // The end of an element that is an object, or of the whole array behind one that isn't.
        if (depth <= 1) return { start: from, end: at + depth, next: at + 1, lines };
        depth--;
      } else if (depth === 0 && (byte === COMMA || byte === LF)) {
        return { start: from, end: at, next: at + 1, lines };
      }
    }
    return final && depth === 0 && !quoted
      ? { start: from, end: buffer.length, next: buffer.length, lines }
      : undefined;
  },
};

/** White space, commas and the array's own brackets. */
function isBetweenElements(byte: number): boolean {
  return byte <= 0x20 || byte === COMMA || byte === 0x5b || byte === 0x5d;
}
