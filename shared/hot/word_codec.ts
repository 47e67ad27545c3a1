import { Binary } from "mongodb";

/** 32-bit words as bytes; little-endian, as every machine this runs on is. */
export function encodeWords(words: Uint32Array): Binary {
  return new Binary(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** Reads {@link encodeWords} back. */
export function decodeWords(binary: Binary): Uint32Array {
  return new Uint32Array(Uint8Array.from(binary.value()).buffer);
}
