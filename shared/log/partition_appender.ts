import type { KafkaLink } from "./kafka_link.ts";
import { protocolErrorType } from "./kafkajs_cluster.ts";
import type { NewRecord } from "./log.ts";
import type { Outage } from "./outage.ts";
import { produceExchange } from "./produce.ts";
import { type BatchOrigin, encodeRecordBatch, recordBytes } from "./record_batch.ts";

/** Records go out in batches of at most so many bytes before packing, which fits into any broker's limit. */
const BATCH_BYTES = 1_000_000;
/** Below this, packing costs more time than it saves bytes. */
const PACK_FROM_BYTES = 4_096;

/** What appending to a partition needs. */
export interface PartitionAppenderOptions {
  readonly link: KafkaLink;
  readonly outage: Outage;
  readonly topic: string;
  readonly partition: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Records of one call that go out together. */
interface Chunk {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Appends to one partition, one batch at a time; what comes in meanwhile makes up the next. Order is kept, and a
 * batch that is sent again because its acknowledgement got lost is recognised by the broker, so it is stored once
 * (idempotent producer, KIP-98).
 *
 * Our own, and not kafkajs's idempotent producer: that one counts its sequence back when a send has failed for
 * good, and if the batch had been stored after all, the broker takes the next batch for a repetition and
 * acknowledges it without storing it. Here the sequence is given up with its producer id.
 */
export class PartitionAppender {
  readonly #options: PartitionAppenderOptions;
  readonly #waiting: Chunk[] = [];
  #origin: BatchOrigin | undefined;
  #sending = false;

  constructor(options: PartitionAppenderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all records are acknowledged.
   *
   * @throws why some were not; they may be stored all the same.
   */
  async append(records: readonly NewRecord[]): Promise<void> {
    const chunks = splitBySize(records).map(({ records, bytes }) =>
      new Promise<void>((resolve, reject) => this.#waiting.push({ records, bytes, resolve, reject }))
    );
    if (!this.#sending) this.#sendAll();
    const failed = (await Promise.allSettled(chunks)).find((chunk) => chunk.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const chunks = this.#takeBatch();
      const records = chunks.length === 1 ? chunks[0]!.records : chunks.flatMap((chunk) => chunk.records);
      const packed = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0) >= PACK_FROM_BYTES;
      try {
        await this.#send(records, packed);
        for (const chunk of chunks) chunk.resolve();
      } catch (error) {
        this.#origin = undefined;
        for (const chunk of chunks) chunk.reject(error);
      }
    }
    this.#sending = false;
  }

  #takeBatch(): Chunk[] {
    let bytes = 0;
    const fits = this.#waiting.findIndex((chunk, i) => (bytes += chunk.bytes) > BATCH_BYTES && i > 0);
    return this.#waiting.splice(0, fits < 0 ? this.#waiting.length : fits);
  }

  async #send(records: readonly NewRecord[], packed: boolean): Promise<void> {
    const { link, outage, topic, partition, timeoutMs, signal } = this.#options;
    const nowMs = Date.now();
    const what = `appending to ${topic}/${partition}`;
    await outage.outlast({ what, signal, timeoutMs }, async () => {
      for (;;) {
        const origin = this.#origin ??= await newOrigin(link, topic, partition);
        const batch = encodeRecordBatch(records, origin, packed ? "zstd" : "none", nowMs);
        const exchange = produceExchange({ topic, partition, batch });
        const answer = await link.withLeader(
          topic,
          partition,
          (leader) => leader.connectionPool.send(exchange),
        )
          .then(() => "stored", whatToDo);
        if (answer === "stored") {
          this.#origin = { ...origin, baseSequence: nextSequence(origin.baseSequence, records.length) };
          return;
        }
        this.#origin = undefined;
      }
    });
  }
}

/** A new producer id, with which a sequence begins at 0. */
async function newOrigin(link: KafkaLink, topic: string, partition: number): Promise<BatchOrigin> {
  const { producerId, producerEpoch } = await link.withLeader(
    topic,
    partition,
    (broker) => broker.initProducerId({ transactionTimeout: 0 }),
  );
  return { producerId: Number(producerId), producerEpoch, baseSequence: 0 };
}

/** What a refused batch means. @throws the error when it is no matter of sequences. */
function whatToDo(error: unknown): "stored" | "begin a new sequence" {
  switch (protocolErrorType(error)) {
    case "DUPLICATE_SEQUENCE_NUMBER":
      return "stored";
    // The broker lost what it knew of this producer. Had it stored the batch, it would know the sequence.
    case "OUT_OF_ORDER_SEQUENCE_NUMBER":
    case "UNKNOWN_PRODUCER_ID":
    case "INVALID_PRODUCER_EPOCH":
      return "begin a new sequence";
    default:
      throw error;
  }
}

/** Sequences are 31 bits wide and begin again at 0. */
function nextSequence(sequence: number, records: number): number {
  return (sequence + records) % 0x8000_0000;
}

/** Cuts records into runs that fit into a batch; a record that alone does not is a run of its own. */
export function splitBySize(
  records: readonly NewRecord[],
  limitBytes: number = BATCH_BYTES,
): { records: readonly NewRecord[]; bytes: number }[] {
  const runs: { records: NewRecord[]; bytes: number }[] = [];
  for (const record of records) {
    const bytes = recordBytes(record);
    const run = runs.at(-1);
    if (run === undefined || run.bytes + bytes > limitBytes) runs.push({ records: [record], bytes });
    else {
      run.records.push(record);
      run.bytes += bytes;
    }
  }
  return runs;
}
