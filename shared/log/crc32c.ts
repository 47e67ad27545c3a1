/** Slicing-by-8: eight tables of 256 words, so that eight bytes are taken in at a step. */
const TABLES = tables();

function tables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let word = byte;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? word >>> 1 ^ 0x82f6_3b78 : word >>> 1;
    first[byte] = word;
  }
  const all = [first];
  for (let slice = 1; slice < 8; slice++) {
    const previous = all[slice - 1]!;
    all.push(Uint32Array.from(previous, (word) => first[word & 0xff]! ^ word >>> 8));
  }
  return all;
}

/**
 * CRC-32C (Castagnoli), which Kafka guards its record batches with.
 * Algorithm: "slicing-by-8", Kounavis and Berry 2005. node:zlib has the other polynomial only.
 */
export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let crc = 0xffff_ffff;
  let at = 0;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    crc = t7[(crc ^ bytes[at]!) & 0xff]! ^
      t6[(crc >>> 8 ^ bytes[at + 1]!) & 0xff]! ^
      t5[(crc >>> 16 ^ bytes[at + 2]!) & 0xff]! ^
      t4[crc >>> 24 ^ bytes[at + 3]!]! ^
      t3[bytes[at + 4]!]! ^ t2[bytes[at + 5]!]! ^ t1[bytes[at + 6]!]! ^ t0[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ crc >>> 8;
  return ~crc >>> 0;
}
