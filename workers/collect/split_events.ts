const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const ARRAY_START = 0x5b;
const ARRAY_END = 0x5d;
const OBJECT_START = 0x7b;
const OBJECT_END = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Cuts a body into its events, each as the bytes it was sent with: an array, one event (on one line or many), or a
 * line for each (NDJSON). Only brackets and strings are looked at; what is wrong within an event is the decoder's to
 * say. An array that is broken off or followed by something is one piece, which the decoder refuses.
 */
export function splitEvents(body: Uint8Array): Uint8Array[] {
  const marked = BYTE_ORDER_MARK.every((byte, at) => body[at] === byte);
  const start = afterSpace(body, marked ? BYTE_ORDER_MARK.length : 0);
  const end = beforeSpace(body, start);
  if (start === end) return [];
  const whole = body.subarray(start, end);
  if (whole[0] === ARRAY_START) return elements(whole) ?? [whole];
  return valueEnd(whole, 0) === whole.length ? [whole] : lines(whole);
}

function elements(array: Uint8Array): Uint8Array[] | undefined {
  const last = array.length - 1;
  if (array[last] !== ARRAY_END) return undefined;
  const found: Uint8Array[] = [];
  let at = 1;
  if (afterSpace(array, at) === last) return found;
  for (;;) {
    const start = afterSpace(array, at);
    const end = elementEnd(array, start);
    if (end > last) return undefined;
    found.push(array.subarray(start, beforeSpaceWithin(array, start, end)));
    if (end === last) return found;
    if (array[end] !== COMMA) return undefined;
    at = end + 1;
  }
}

/** Where the comma or bracket behind an array's element is. */
function elementEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = stringEnd(bytes, at);
    else if (byte === OBJECT_START || byte === ARRAY_START) depth++;
    else if (depth === 0 && (byte === COMMA || byte === ARRAY_END)) return at;
    else if (byte === OBJECT_END || byte === ARRAY_END) depth--;
  }
  return bytes.length;
}

/** Behind the bracket that closes the value that begins at `from`; -1 where none does. */
function valueEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = stringEnd(bytes, at);
    else if (byte === OBJECT_START || byte === ARRAY_START) depth++;
    else if ((byte === OBJECT_END || byte === ARRAY_END) && --depth <= 0) return at + 1;
  }
  return -1;
}

/** Where the quote is that ends a string. */
function stringEnd(bytes: Uint8Array, start: number): number {
  for (let at = start + 1;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH && quote - 1 - backslashes > start) backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function lines(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf(LF, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const start = afterSpace(bytes, at);
    if (start < end) found.push(bytes.subarray(start, beforeSpaceWithin(bytes, start, end)));
    at = end + 1;
  }
  return found;
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! <= 0x20) at++;
  return at;
}

function beforeSpace(bytes: Uint8Array, from: number): number {
  return beforeSpaceWithin(bytes, from, bytes.length);
}

function beforeSpaceWithin(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && bytes[at - 1]! <= 0x20) at--;
  return at;
}
