import type { Delivery } from "./delivery.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * Writes records as NDJSON until there are no more or the signal aborts, and answers how many. A reader that closes
 * its end (`| head`) ends it like a signal.
 */
export async function writeNdjson(
  records: Iterable<Delivery>,
  output: WritableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const writer = output.getWriter();
  let chunk = new Uint8Array(CHUNK_BYTES);
  let used = 0;
  let written = 0;
  let pending = 0;
  const flush = async () => {
    await writer.write(chunk.subarray(0, used));
    chunk = new Uint8Array(CHUNK_BYTES);
    used = 0;
    written += pending;
    pending = 0;
  };
  try {
    for (const { value } of records) {
      if (used + value.length + 1 > CHUNK_BYTES) await flush();
      if (signal.aborted) break;
      chunk.set(value, used);
      used += value.length;
      chunk[used++] = 0x0a;
      pending++;
    }
    await flush();
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return written;
}
