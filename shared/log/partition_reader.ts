import type { Offset } from "@countinghouse/core";
import { type Fetched, fetchExchange } from "./fetch.ts";
import type { KafkaLink } from "./kafka_link.ts";
import { protocolError, protocolErrorType } from "./kafkajs_cluster.ts";
import { type HeadedBatch, OffsetGoneError, type PartitionRange } from "./log.ts";
import type { Outage } from "./outage.ts";

/** How long the broker may hold a fetch that finds nothing new. */
const MAX_WAIT_MS = 500;
/** Packed bytes; events unpack to about nine times as many, and two fetches are held: in hand, and ahead. */
const MAX_BYTES = 1024 * 1024;
const OFFSET_NOT_AVAILABLE = 78;

/** What reading a partition needs. */
export interface PartitionReaderOptions {
  /** Used by this reader alone: on a connection, an answer waits for the ones before it. */
  readonly link: KafkaLink;
  readonly outage: Outage;
  readonly topic: string;
  readonly partition: number;
  readonly from: Offset;
  /** How far the partition reaches now. */
  readonly range: () => Promise<PartitionRange>;
}

/** Reads a partition by long poll, one fetch ahead of the consumer; see {@link Log.read}. */
export async function* readPartition(
  options: PartitionReaderOptions,
  signal: AbortSignal,
): AsyncGenerator<HeadedBatch> {
  const { partition } = options;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let from = options.from;
  let isFirst = true;
  try {
    let ahead = fetchAhead(options, from, stopped);
    for (;;) {
      const fetched = await unlessAborted(ahead, stopped);
      if (fetched === undefined) return;
      ahead = fetchAhead(options, fetched.through, stopped);
      const isAtEnd = fetched.through === fetched.end;
      if (fetched.records.length > 0 || isAtEnd || isFirst) yield { partition, from, ...fetched };
      isFirst = false;
      from = fetched.through;
    }
  } finally {
    stop.abort();
  }
}

/** A fetch that is tried until it is answered. Its failure is met when it is awaited, which may be later. */
function fetchAhead(
  options: PartitionReaderOptions,
  from: Offset,
  signal: AbortSignal,
): Promise<Fetched & { readonly endSeenMs: number }> {
  const { link, outage, topic, partition, range } = options;
  const exchange = fetchExchange({ topic, partition, from, maxWaitMs: MAX_WAIT_MS, maxBytes: MAX_BYTES });
  const what = `reading ${topic}/${partition}`;
  const fetched = outage.outlast({ what, signal }, async () => {
    try {
      const fetched = await link.withLeader(
        topic,
        partition,
        (leader) => leader.connectionPool.send(exchange),
      );
      return { ...fetched, endSeenMs: Date.now() };
    } catch (error) {
      if (protocolErrorType(error) !== "OFFSET_OUT_OF_RANGE") throw error;
      const held = await range();
      if (from < held.start || from > held.end) throw new OffsetGoneError(topic, partition, from, held);
      // A leader that was just elected may not know yet how far it may hand out records.
      throw protocolError(OFFSET_NOT_AVAILABLE);
    }
  });
  fetched.catch(() => {});
  return fetched;
}

/** Waits for a result; undefined as soon as the signal aborts. */
function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    result.then(resolve, (error) => signal.aborted ? resolve(undefined) : reject(error))
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
