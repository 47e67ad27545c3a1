import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { committedRecords } from "./fetch.ts";
import type { StoredBatch } from "./record_batch.ts";

const ABORT = Uint8Array.of(0, 0, 0, 0);
const COMMIT = Uint8Array.of(0, 0, 0, 1);

/** A batch of one record. */
function batch(
  at: number,
  producerId: number,
  kind: "plain" | "transactional" | "abort" | "commit",
): StoredBatch {
  const control = kind === "abort" || kind === "commit";
  const key = kind === "abort" ? ABORT : kind === "commit" ? COMMIT : null;
  return {
    lastOffset: at as Offset,
    producerId,
    transactional: kind !== "plain",
    control,
    records: [{ offset: at as Offset, appendTimeMs: 0, key, value: null, headers: {} }],
  };
}

function offsets(batches: StoredBatch[], aborted: { producerId: number; firstOffset: number }[]): number[] {
  return committedRecords(batches, aborted).map((record) => record.offset);
}

Deno.test("transactions' markers are no records", () => {
  assert.deepEqual(offsets([batch(0, 1, "transactional"), batch(1, 1, "commit"), batch(2, 2, "plain")], []), [
    0,
    2,
  ]);
});

Deno.test("what was aborted is left out, up to its marker and of its producer only", () => {
  const batches = [
    batch(0, 1, "transactional"),
    batch(1, 2, "transactional"),
    batch(2, 1, "abort"),
    batch(3, 1, "transactional"),
    batch(4, 2, "commit"),
    batch(5, 1, "commit"),
  ];
  assert.deepEqual(offsets(batches, [{ producerId: 1, firstOffset: 0 }]), [1, 3]);
});

Deno.test("a producer's second aborted transaction is left out too, and what it committed between is not", () => {
  const batches = [
    batch(0, 1, "transactional"),
    batch(1, 1, "abort"),
    batch(2, 1, "transactional"),
    batch(3, 1, "commit"),
    batch(4, 1, "transactional"),
    batch(5, 1, "abort"),
  ];
  const aborted = [{ producerId: 1, firstOffset: 4 }, { producerId: 1, firstOffset: 0 }];
  assert.deepEqual(offsets(batches, aborted), [2]);
});

Deno.test("a fetch that begins inside an aborted transaction leaves its rest out", () => {
  assert.deepEqual(
    offsets([batch(8, 1, "transactional"), batch(9, 2, "plain")], [{ producerId: 1, firstOffset: 3 }]),
    [
      9,
    ],
  );
});
