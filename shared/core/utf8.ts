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
