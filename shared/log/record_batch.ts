import type { Offset } from "@countinghouse/core";
import { compress, COMPRESSIONS, decompress, type WriteCompression } from "./compression.ts";
import { crc32c } from "./crc32c.ts";
import type { HeadedRecord, NewRecord } from "./log.ts";
import { varintSize, WireReader, WireWriter } from "./wire.ts";

/**
 * Kafka's record batch, format 2 (https://kafka.apache.org/documentation/#recordbatch): the unit that producers
 * write, brokers store and fetches return. Read and written here, and not by kafkajs, because only the batch's own
 * header says how far it reaches when records were compacted away, its checksum should be looked at, and at 50,000
 * events a second an object per field is too dear.
 */
export interface StoredBatch {
  /** The offset of the batch's last record, which may have been compacted away since. */
  readonly lastOffset: Offset;
  readonly producerId: number;
  readonly transactional: boolean;
  /** A transaction's marker, which is no record of anybody's. */
  readonly control: boolean;
  readonly records: readonly HeadedRecord[];
}

/** Who writes a batch, so that the broker can tell a repetition from news. */
export interface BatchOrigin {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** How many records this producer has written to the partition before. */
  readonly baseSequence: number;
}

/** A batch came in other bytes than it was written. */
export class CorruptBatchError extends Error {
  override name = "CorruptBatchError";
}

/** From the beginning of a batch to the end of its length field. */
const PREFIX_BYTES = 12;
const CRC_AT = 17;
const CRC_COVERS_FROM = 21;
const HEADER_BYTES = 61;
const MAGIC = 2;
const COMPRESSION_MASK = 0x07;
const APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Decodes the batches of a fetch's answer. The last one may be cut short by the fetch's size limit; it is left for
 * the next fetch.
 *
 * @throws {CorruptBatchError} when a checksum or a format does not match.
 */
export function decodeRecordBatches(bytes: Uint8Array): StoredBatch[] {
  const batches: StoredBatch[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const length = PREFIX_BYTES + new WireReader(bytes.subarray(at + 8)).int32();
    if (bytes.length - at < length) break;
    batches.push(decodeRecordBatch(bytes.subarray(at, at += length)));
  }
  return batches;
}

function decodeRecordBatch(bytes: Uint8Array): StoredBatch {
  const reader = new WireReader(bytes);
  const baseOffset = reader.int64();
  reader.at = CRC_AT - 1;
  const magic = reader.int8();
  if (magic !== MAGIC) {
    throw new CorruptBatchError(`Cannot read the batch at ${baseOffset} as format ${MAGIC}: it is ${magic}`);
  }
  if (reader.uint32() !== crc32c(bytes.subarray(CRC_COVERS_FROM))) {
    throw new CorruptBatchError(`Cannot read the batch at ${baseOffset}: its checksum does not match`);
  }
  const attributes = reader.int16();
  const lastOffset = baseOffset + reader.int32();
  const baseTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const producerId = reader.int64();
  reader.at += 2 + 4;
  const count = reader.int32();
  const compression = COMPRESSIONS[attributes & COMPRESSION_MASK];
  if (compression === undefined) {
    throw new CorruptBatchError(`Cannot unpack the batch at ${baseOffset}: its codec is ${attributes & 7}`);
  }
  const body = new WireReader(decompress(reader.bytes(reader.left), compression));
  const timestampOf = attributes & APPEND_TIME_FLAG
    ? () => maxTimestamp
    : (delta: number) => baseTimestamp + delta;
  const records = new Array<HeadedRecord>(count);
  for (let i = 0; i < count; i++) records[i] = decodeRecord(body, baseOffset, timestampOf);
  return {
    lastOffset: lastOffset as Offset,
    producerId,
    transactional: (attributes & TRANSACTIONAL_FLAG) !== 0,
    control: (attributes & CONTROL_FLAG) !== 0,
    records,
  };
}

function decodeRecord(
  reader: WireReader,
  baseOffset: number,
  timestampOf: (delta: number) => number,
): HeadedRecord {
  reader.varint();
  reader.int8();
  const appendTimeMs = timestampOf(reader.varint());
  const at = (baseOffset + reader.varint()) as Offset;
  const key = reader.varintBytes();
  const value = reader.varintBytes();
  return { offset: at, appendTimeMs, key, value, headers: decodeHeaders(reader) };
}

function decodeHeaders(reader: WireReader): Readonly<Record<string, string>> {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  const header = () => [text(reader.varintBytes()), text(reader.varintBytes())];
  return Object.fromEntries(Array.from({ length: count }, header));
}

/**
 * Encodes records as one batch, in the order given.
 *
 * @param nowMs the time that the records carry where the topic does not stamp them itself.
 */
export function encodeRecordBatch(
  records: readonly NewRecord[],
  origin: BatchOrigin,
  compression: WriteCompression,
  nowMs: number,
): Uint8Array {
  const body = new WireWriter(records.reduce((sum, record) => sum + recordBytes(record), 0));
  records.forEach((record, i) => encodeRecord(body, record, i));
  const packed = compress(body.written(), compression);
  const bytes = new WireWriter(HEADER_BYTES + packed.length)
    .int64(0)
    .int32(HEADER_BYTES - PREFIX_BYTES + packed.length)
    .int32(-1)
    .int8(MAGIC)
    .int32(0)
    .int16(COMPRESSIONS.indexOf(compression))
    .int32(records.length - 1)
    .int64(nowMs)
    .int64(nowMs)
    .int64(origin.producerId)
    .int16(origin.producerEpoch)
    .int32(origin.baseSequence)
    .int32(records.length)
    .raw(packed)
    .written();
  new DataView(bytes.buffer).setUint32(CRC_AT, crc32c(bytes.subarray(CRC_COVERS_FROM)));
  return bytes;
}

function encodeRecord(
  writer: WireWriter,
  { key, value, headers = NO_HEADERS }: NewRecord,
  index: number,
): void {
  const encoded = Object.entries(headers).map(([name, text]) => [utf8(name), utf8(text)] as const);
  const size = 2 + varintSize(index) + fieldSize(key) + fieldSize(value) + varintSize(encoded.length) +
    encoded.reduce((sum, [name, text]) => sum + fieldSize(name) + fieldSize(text), 0);
  writer.varint(size).int8(0).varint(0).varint(index).varintBytes(key).varintBytes(value)
    .varint(encoded.length);
  for (const [name, text] of encoded) writer.varintBytes(name).varintBytes(text);
}

function fieldSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

/** An upper bound for what a record takes in a batch before packing. */
export function recordBytes({ key, value, headers = NO_HEADERS }: NewRecord): number {
  let bytes = 32 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += 10 + 3 * (name.length + headers[name]!.length);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(bytes: Uint8Array | null): string {
  return bytes === null ? "" : new TextDecoder().decode(bytes);
}
