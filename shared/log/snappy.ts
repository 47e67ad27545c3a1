import { Lz77Output } from "./lz77_output.ts";

/** 0x82 "SNAPPY" 0x00: what Java's SnappyOutputStream begins with. */
const JAVA_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00];
const JAVA_HEADER_BYTES = 16;

/**
 * Unpacks Snappy as found in Kafka: Java's clients put blocks with their lengths behind a header, others write a
 * bare block.
 * Format: https://github.com/google/snappy/blob/main/format_description.txt; framing: org.xerial.snappy.
 *
 * @throws {RangeError} when the bytes are neither.
 */
export function decodeSnappy(bytes: Uint8Array): Uint8Array {
  const output = new Lz77Output(4 * bytes.length);
  if (!JAVA_MAGIC.every((byte, at) => bytes[at] === byte)) {
    decodeBlock(bytes, output);
    return output.written();
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = JAVA_HEADER_BYTES; at < bytes.length;) {
    const length = view.getInt32(at);
    decodeBlock(bytes.subarray(at + 4, at += 4 + length), output);
  }
  return output.written();
}

function decodeBlock(block: Uint8Array, output: Lz77Output): void {
  let at = 0;
  while (block[at++]! >= 0x80);
  const little = (bytes: number) => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += block[at++]! * 2 ** (8 * i);
    return value;
  };
  while (at < block.length) {
    const tag = block[at++]!;
    switch (tag & 3) {
      case 0: {
        const short = tag >>> 2;
        const length = (short < 60 ? short : little(short - 59)) + 1;
        if (at + length > block.length) {
          throw new RangeError("Cannot read bytes as Snappy: they are cut short");
        }
        output.copy(block.subarray(at, at += length));
        break;
      }
      case 1:
        output.repeat((tag & 0xe0) << 3 | block[at++]!, (tag >>> 2 & 7) + 4);
        break;
      case 2:
        output.repeat(little(2), (tag >>> 2) + 1);
        break;
      default:
        output.repeat(little(4), (tag >>> 2) + 1);
    }
  }
}
