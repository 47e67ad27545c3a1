import { protocolError } from "./kafkajs_cluster.ts";
import { type Exchange, exchange, type Throttled } from "./kafkajs_exchange.ts";
import { WireReader, WireWriter } from "./wire.ts";

/** A batch for one partition. */
export interface ProduceOptions {
  readonly topic: string;
  readonly partition: number;
  /** See {@link encodeRecordBatch}. */
  readonly batch: Uint8Array;
}

const API_KEY = 0;
/** The first with zstd; understood by Kafka since 2.1 and by Redpanda. */
const API_VERSION = 7;
const ACKS_ALL = -1;
/** How long the leader may wait for its replicas. */
const TIMEOUT_MS = 8_000;

/**
 * A Produce request for one partition that is answered when all in-sync replicas have the batch
 * (https://kafka.apache.org/protocol#The_Messages_Produce).
 *
 * @throws {ProtocolError} from its answer, such as MESSAGE_TOO_LARGE or NOT_LEADER_FOR_PARTITION.
 */
export function produceExchange(options: ProduceOptions): Exchange<void> {
  return exchange({
    apiKey: API_KEY,
    apiVersion: API_VERSION,
    apiName: "Produce",
    request: encodeProduce(options),
    decode: checkProduced,
  });
}

function encodeProduce({ topic, partition, batch }: ProduceOptions): Uint8Array {
  return new WireWriter(64 + 3 * topic.length + batch.length)
    .string(null)
    .int16(ACKS_ALL)
    .int32(TIMEOUT_MS)
    .int32(1)
    .string(topic)
    .int32(1)
    .int32(partition)
    .int32(batch.length)
    .raw(batch)
    .written();
}

function checkProduced(payload: Uint8Array): Throttled<void> {
  const reader = new WireReader(payload);
  reader.array(() => {
    reader.string();
    reader.array(() => {
      reader.int32();
      const code = reader.int16();
      if (code !== 0) throw protocolError(code);
      // Base offset, append time and the log's start.
      reader.at += 3 * 8;
    });
  });
  return { answer: undefined, clientSideThrottleTime: reader.int32() };
}
