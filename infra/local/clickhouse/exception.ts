/** An error as ClickHouse tells it: a numeric code, a sentence and the code's name. */
export class EngineException extends Error {
  override name = "EngineException";

  constructor(readonly code: number, sentence: string, readonly type: string) {
    super(`Code: ${code}. DB::Exception: ${sentence}. (${type})`);
  }
}

/** The code of an engine error, read from its text; 1002 (UNKNOWN_EXCEPTION) where it has none. */
export function exceptionCode(message: string): number {
  const code = /^\s*Code: (\d+)\./.exec(message)?.[1];
  return code === undefined ? 1002 : Number(code);
}

/** The text that ClickHouse puts into the body of a failed response; the file that an insert went through is no news. */
export function exceptionText(error: unknown, version: string): string {
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/^(Code: \d+\. DB::Exception: )\1/, "$1")
    .replace(/\(in file\/uri [^)]*\): /, "");
  const coded = /^\s*Code: \d+\./.test(message)
    ? message
    : `Code: 1002. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)`;
  return `${coded} (version ${version})\n`;
}

/**
 * An exception that strikes when rows are already on their way: ClickHouse 25.11 and newer frame it so that a client
 * can tell it from rows. The tag was announced in the header `X-ClickHouse-Exception-Tag`.
 */
export function exceptionFrame(text: string, tag: string): Uint8Array {
  const message = text.endsWith("\n") ? text : `${text}\n`;
  const length = new TextEncoder().encode(message).length;
  return new TextEncoder().encode(
    `\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`,
  );
}
