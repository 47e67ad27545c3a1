import type { Offset } from "@countinghouse/core";
import type { HeadedRecord } from "./log.ts";
import { protocolError } from "./kafkajs_cluster.ts";
import { type Exchange, exchange, type Throttled } from "./kafkajs_exchange.ts";
import { decodeRecordBatches, type StoredBatch } from "./record_batch.ts";
import { WireReader, WireWriter } from "./wire.ts";

/** A question for one partition's records. */
export interface FetchOptions {
  readonly topic: string;
  readonly partition: number;
  readonly from: Offset;
  /** How long the broker may wait for a record; it answers as soon as there is one. */
  readonly maxWaitMs: number;
  /** A larger batch still comes whole when it is the first. */
  readonly maxBytes: number;
}

/** A fetch's answer. */
export interface Fetched {
  readonly records: readonly HeadedRecord[];
  /** The next offset to fetch: behind all that came, compacted records and markers included. */
  readonly through: Offset;
  /** The partition's high watermark. */
  readonly end: Offset;
}

/** A transaction that was aborted: its producer's records from an offset to the abort marker don't count. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

const API_KEY = 1;
/** Understood by Kafka since 2.3 and by Redpanda. */
const API_VERSION = 11;
const NO_REPLICA = -1;
const READ_COMMITTED = 1;
const NO_SESSION = { id: 0, epoch: -1 };
const ABORT_MARKER = 0;

/**
 * A Fetch request for one partition (https://kafka.apache.org/protocol#The_Messages_Fetch).
 *
 * @throws {ProtocolError} from its answer, such as OFFSET_OUT_OF_RANGE or NOT_LEADER_FOR_PARTITION.
 */
export function fetchExchange(options: FetchOptions): Exchange<Fetched> {
  return exchange({
    apiKey: API_KEY,
    apiVersion: API_VERSION,
    apiName: "Fetch",
    request: encodeFetch(options),
    decode: (payload) => decodeFetched(payload, options.from),
  });
}

function encodeFetch({ topic, partition, from, maxWaitMs, maxBytes }: FetchOptions): Uint8Array {
  return new WireWriter()
    .int32(NO_REPLICA)
    .int32(maxWaitMs)
    .int32(1)
    .int32(maxBytes)
    .int8(READ_COMMITTED)
    .int32(NO_SESSION.id)
    .int32(NO_SESSION.epoch)
    .int32(1)
    .string(topic)
    .int32(1)
    .int32(partition)
    .int32(-1)
    .int64(from)
    .int64(-1)
    .int32(maxBytes)
    .int32(0)
    .string("")
    .written();
}

function decodeFetched(payload: Uint8Array, from: Offset): Throttled<Fetched> {
  const reader = new WireReader(payload);
  const clientSideThrottleTime = reader.int32();
  throwIfRefused(reader.int16());
  reader.int32();
  const [answer] = reader.array(() => {
    reader.string();
    return reader.array(() => decodePartition(reader, from));
  }).flat();
  if (answer === undefined) throw new RangeError("Cannot read a fetch's answer: it holds no partition");
  return { answer, clientSideThrottleTime };
}

function decodePartition(reader: WireReader, from: Offset): Fetched {
  reader.int32();
  throwIfRefused(reader.int16());
  const end = reader.int64() as Offset;
  reader.int64();
  reader.int64();
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  reader.int32();
  const batches = decodeRecordBatches(reader.bytes(Math.max(0, reader.int32())));
  const last = batches.at(-1)?.lastOffset;
  return {
    records: committedRecords(batches, aborted).filter((record) => record.offset >= from),
    through: last === undefined ? from : Math.max(from, last + 1) as Offset,
    end,
  };
}

/** The records of batches without transactions' markers and without what was aborted. */
export function committedRecords(
  batches: readonly StoredBatch[],
  aborted: readonly AbortedTransaction[],
): HeadedRecord[] {
  const waiting = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  const aborting = new Set<number>();
  return batches.flatMap((batch) => {
    while (waiting.length > 0 && waiting.at(-1)!.firstOffset <= batch.lastOffset) {
      aborting.add(waiting.pop()!.producerId);
    }
    if (batch.control) {
      if (isAbortMarker(batch)) aborting.delete(batch.producerId);
      return [];
    }
    return batch.transactional && aborting.has(batch.producerId) ? [] : batch.records;
  });
}

/** A marker's key is its version and its type, an int16 each. */
function isAbortMarker({ records: [marker] }: StoredBatch): boolean {
  return marker?.key?.[2] === 0 && marker.key[3] === ABORT_MARKER;
}

function throwIfRefused(code: number): void {
  if (code !== 0) throw protocolError(code);
}
