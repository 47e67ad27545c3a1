const LENIENT = new TextDecoder("utf-8");
const STRICT = new TextDecoder("utf-8", { fatal: true });
/** What a lenient decoder puts in place of bytes that aren't UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * The text of UTF-8 bytes, without a byte order mark; undefined when they aren't UTF-8. A strict decoder would say
 * so by itself, but takes three times as long on Deno, and so only looks at texts that have the replacement
 * character, be it for a wrong byte or because it was sent.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = LENIENT.decode(bytes);
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * How many bytes the character that begins at a byte of 0x80 or more takes; 0 where there is none: a wrong
 * continuation, an overlong form, a surrogate, a number beyond U+10FFFF (RFC 3629, section 4).
 */
export function utf8SequenceBytes(bytes: Uint8Array, at: number): 0 | 2 | 3 | 4 {
  const lead = bytes[at]!;
  const second = bytes[at + 1] ?? 0;
  if (lead >= 0xc2 && lead <= 0xdf) return isContinuation(second) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const fits = lead === 0xe0 ? second >= 0xa0 : lead !== 0xed || second < 0xa0;
    return fits && isContinuation(second) && isContinuation(bytes[at + 2]) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const fits = lead === 0xf0 ? second >= 0x90 : lead !== 0xf4 || second < 0x90;
    const rest = isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]);
    return fits && isContinuation(second) && rest ? 4 : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
