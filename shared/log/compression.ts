import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decodeLz4Frame } from "./lz4.ts";
import { decodeSnappy } from "./snappy.ts";

/** The codecs of Kafka's record batches, at the number that a batch's attributes give. */
export const COMPRESSIONS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** A codec that batches are read with. */
export type Compression = typeof COMPRESSIONS[number];

/** A codec that batches are written with. */
export type WriteCompression = "none" | "gzip" | "zstd";

/** The fastest level: on events it packs as well as the default one at a third of the time. */
const ZSTD_LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Packs bytes. */
export function compress(bytes: Uint8Array, compression: WriteCompression): Uint8Array {
  switch (compression) {
    case "none":
      return bytes;
    case "gzip":
      return gzipSync(bytes);
    case "zstd":
      return zstdCompressSync(bytes, ZSTD_LEVEL);
  }
}

/**
 * Unpacks bytes of any codec that a producer may have used.
 *
 * @throws {Error} when the bytes are not of that codec.
 */
export function decompress(bytes: Uint8Array, compression: Compression): Uint8Array {
  switch (compression) {
    case "none":
      return bytes;
    case "gzip":
      return gunzipSync(bytes);
    case "snappy":
      return decodeSnappy(bytes);
    case "lz4":
      return decodeLz4Frame(bytes);
    case "zstd":
      return zstdDecompressSync(bytes);
  }
}
