/**
 * The partition of a key, as Kafka's Java clients choose it, so that whoever writes the topic agrees on where a
 * user's events are: murmur2 of the key, its sign dropped, modulo the partitions.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

/**
 * MurmurHash2 with Kafka's seed, as a signed 32-bit number.
 * Source: Austin Appleby's MurmurHash2, and `Utils.murmur2` of Apache Kafka's clients.
 */
export function murmur2(key: Uint8Array): number {
  const M = 0x5bd1_e995;
  let hash = 0x9747_b28c ^ key.length;
  const tail = key.length & ~3;
  for (let at = 0; at < tail; at += 4) {
    let word = key[at]! | key[at + 1]! << 8 | key[at + 2]! << 16 | key[at + 3]! << 24;
    word = Math.imul(word, M);
    word = Math.imul(word ^ word >>> 24, M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (tail < key.length) {
    for (let at = key.length - 1; at >= tail; at--) hash ^= key[at]! << 8 * (at - tail);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ hash >>> 13, M);
  return hash ^ hash >>> 15;
}
