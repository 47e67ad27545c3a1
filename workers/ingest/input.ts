import { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ToldError } from "@countinghouse/shared/told_error";

const CHUNK_BYTES = 1 << 20;
const BOM_BYTES = 3;

/** Something to read bytes from: a file or standard input. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

/** An input that can't be read, or not to its end; the message says why. */
export class InputError extends ToldError {
  override name = "InputError";
}

/**
 * The bytes of a source in chunks, unzipped where they begin like gzip (RFC 1952), without a byte order mark.
 *
 * @param onRead told how many bytes of the source were read, before unzipping.
 * @throws {InputError} when the gzip stream is damaged or ends too early.
 */
export async function* readInput(
  source: ByteSource,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const raw = await withFirstBytes(readChunks(source, onRead));
  const isGzip = raw.first[0] === 0x1f && raw.first[1] === 0x8b;
  const { first, all } = isGzip ? await withFirstBytes(gunzip(raw.all)) : raw;
  const hasBom = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf;
  let skip = hasBom ? BOM_BYTES : 0;
  for await (const chunk of all) {
    if (chunk.length > skip) yield chunk.subarray(skip);
    skip = 0;
  }
}

async function* readChunks(source: ByteSource, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  while (true) {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const bytes = await source.read(buffer);
    if (bytes === null) return;
    onRead(bytes);
    yield buffer.subarray(0, bytes);
  }
}

/** Looks at the first bytes, which a slow pipe may deliver one by one; they begin the first chunk of `all`. */
async function withFirstBytes(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ first: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < BOM_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    gathered.push(next.value);
    bytes += next.value.length;
  }
  const first = gathered.length === 1 ? gathered[0]! : new Uint8Array(Buffer.concat(gathered));
  return { first, all: chain(first, chunks) };
}

async function* chain(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Errors come out of the gunzip stream, which is read below.
  pipeline(Readable.from(chunks), gunzip, () => {});
  try {
    for await (const { buffer, byteOffset, length } of gunzip) {
      yield new Uint8Array(buffer, byteOffset, length);
    }
  } catch (error) {
    throw new InputError(`the gzip stream is damaged: ${(error as Error).message}`);
  }
}
