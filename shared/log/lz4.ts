import { Lz77Output } from "./lz77_output.ts";

const MAGIC = 0x184d_2204;
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
const STORED = 0x8000_0000;

/**
 * Unpacks an LZ4 frame, as Kafka's Java clients write them. Checksums are not looked at: the record batch around
 * the frame has its own.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md.
 *
 * @throws {RangeError} when the bytes are not such a frame.
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError("Cannot read bytes as an LZ4 frame: they do not begin as one");
  }
  const flags = view.getUint8(4);
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0);
  const output = new Lz77Output(4 * frame.length);
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return output.written();
    const length = header & ~STORED;
    const block = frame.subarray(at, at + length);
    if (block.length < length) {
      throw new RangeError("Cannot read bytes as an LZ4 frame: a block is cut short");
    }
    if (header & STORED) output.copy(block);
    else decodeBlock(block, output);
    at += length + (flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
  }
}

function decodeBlock(block: Uint8Array, output: Lz77Output): void {
  let at = 0;
  const extended = (nibble: number) => {
    let length = nibble;
    if (nibble === 15) {
      let more: number;
      do length += more = block[at++] ?? 0; while (more === 255);
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = extended(token >>> 4);
    output.copy(block.subarray(at, at += literals));
    // A block ends with literals.
    if (at >= block.length) return;
    const distance = block[at]! | block[at + 1]! << 8;
    at += 2;
    output.repeat(distance, extended(token & 15) + 4);
  }
}
