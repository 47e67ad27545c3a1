import assert from "node:assert/strict";
import fc from "fast-check";
import type { WriteCompression } from "./compression.ts";
import { crc32c } from "./crc32c.ts";
import type { NewRecord } from "./log.ts";
import { decodeRecordBatches, encodeRecordBatch, recordBytes } from "./record_batch.ts";

const ORIGIN = { producerId: 2 ** 40, producerEpoch: 3, baseSequence: 7 };
const NOW_MS = 1_790_000_000_000;
const LAST_OFFSET_DELTA_AT = 23;

const anyBytes = fc.option(fc.uint8Array(), { nil: null });
const anyRecord: fc.Arbitrary<NewRecord> = fc.record({
  key: anyBytes,
  value: anyBytes,
  headers: fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), {
    noNullPrototype: true,
  }),
});
const anyCompression = fc.constantFrom<WriteCompression>("none", "gzip", "zstd");

Deno.test("records come back as they went in, whatever they hold", () => {
  fc.assert(fc.property(fc.array(anyRecord, { minLength: 1 }), anyCompression, (records, compression) => {
    const [batch] = decodeRecordBatches(encodeRecordBatch(records, ORIGIN, compression, NOW_MS));
    const expected = records.map((record, i) => ({ ...record, offset: i, appendTimeMs: NOW_MS }));
    assert.deepEqual(batch?.records, expected);
    assert.equal(batch?.lastOffset, records.length - 1);
    assert.equal(batch?.producerId, ORIGIN.producerId);
  }));
});

Deno.test("a record never takes more than it is counted with", () => {
  fc.assert(fc.property(anyRecord, (record) => {
    const alone = encodeRecordBatch([record], ORIGIN, "none", NOW_MS).length;
    const twice = encodeRecordBatch([record, record], ORIGIN, "none", NOW_MS).length;
    assert.ok(twice - alone <= recordBytes(record));
  }));
});

Deno.test("a batch that the fetch's limit cut short is left for the next fetch", () => {
  const batch = encodeRecordBatch([record("a")], ORIGIN, "none", NOW_MS);
  const bytes = new Uint8Array([...batch, ...batch.subarray(0, -1)]);
  assert.equal(decodeRecordBatches(bytes).length, 1);
});

Deno.test("a batch whose last records were compacted away still says how far it reaches", () => {
  const bytes = encodeRecordBatch([record("a")], ORIGIN, "none", NOW_MS);
  rewrite(bytes, LAST_OFFSET_DELTA_AT, 41);
  const [batch] = decodeRecordBatches(bytes);
  assert.equal(batch?.lastOffset, 41);
  assert.equal(batch?.records.length, 1);
});

Deno.test("any flipped bit that the checksum covers is noticed", () => {
  const whole = encodeRecordBatch([record("a"), record("b")], ORIGIN, "none", NOW_MS);
  fc.assert(
    fc.property(fc.integer({ min: 21, max: whole.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << bit;
      assert.throws(() => decodeRecordBatches(bytes), { name: "CorruptBatchError" });
    }),
  );
});

Deno.test("another format of batch is refused by its number", () => {
  const bytes = encodeRecordBatch([record("a")], ORIGIN, "none", NOW_MS);
  bytes[16] = 1;
  assert.throws(() => decodeRecordBatches(bytes), /Cannot read the batch at 0 as format 2: it is 1/);
});

function record(text: string): NewRecord {
  return { key: null, value: new TextEncoder().encode(text) };
}

/** Changes a header field and makes the checksum good. */
function rewrite(bytes: Uint8Array, at: number, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setInt32(at, value);
  view.setUint32(17, crc32c(bytes.subarray(21)));
}
