import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { Partitioners } from "kafkajs";
import { murmur2, partitionOf } from "./partitioner.ts";

Deno.test("murmur2 gives what Kafka's own test expects (UtilsTest.testMurmur2)", () => {
  const expected: Readonly<Record<string, number>> = {
    "21": -973932308,
    "foobar": -790332482,
    "a-little-bit-long-string": -985981536,
    "a-little-bit-longer-string": -1486304829,
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    "abc": 479470107,
  };
  for (const [key, hash] of Object.entries(expected)) {
    assert.equal(murmur2(new TextEncoder().encode(key)), hash, key);
  }
});

Deno.test("a key goes to the partition that other clients choose", () => {
  const choose = Partitioners.DefaultPartitioner();
  fc.assert(fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    const message = { key: Buffer.from(key), value: null };
    assert.equal(partitionOf(key, partitions), choose({ topic: "t", partitionMetadata, message }));
  }));
});
