import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { Duplex } from "node:stream";
import { EngineException } from "./exception.ts";

/**
 * The body of a request, decompressed as its `Content-Encoding` says and cut off with an exception (HTTP 413) behind
 * `limitBytes` decompressed bytes.
 *
 * @throws {EngineException} for an encoding that is not known.
 */
export function readBody(request: Request, limitBytes: number): ReadableStream<Uint8Array> {
  const body = request.body ?? new ReadableStream({ start: (controller) => controller.close() });
  const encoding = request.headers.get("content-encoding") ?? "";
  return decompress(body, encoding).pipeThrough(limited(limitBytes));
}

function decompress(body: ReadableStream<Uint8Array>, encoding: string): ReadableStream<Uint8Array> {
  switch (encoding) {
    case "":
    case "identity":
      return body;
    case "gzip":
      return throughNode(body, createGunzip());
    case "deflate":
      return throughNode(body, createInflate());
    case "br":
      return throughNode(body, createBrotliDecompress());
    case "zstd":
      return throughNode(body, createZstdDecompress());
    default:
      throw new EngineException(
        89,
        `Unknown compression method of the request: ${encoding}`,
        "UNKNOWN_COMPRESSION_METHOD",
      );
  }
}

function throughNode(body: ReadableStream<Uint8Array>, transform: Duplex): ReadableStream<Uint8Array> {
  return body.pipeThrough(Duplex.toWeb(transform) as TransformStream<Uint8Array, Uint8Array>);
}

function limited(limitBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > limitBytes) {
        throw new EngineException(
          229,
          `Cannot take a request body over ${limitBytes} bytes; send the rows in several inserts`,
          "QUERY_IS_TOO_LARGE",
        );
      }
      controller.enqueue(chunk);
    },
  });
}
