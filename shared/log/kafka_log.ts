import type { Offset } from "@countinghouse/core";
import { commitOffsets } from "./committed_offset.ts";
import { KafkaLink } from "./kafka_link.ts";
import { type Cluster, createCluster, type KafkaOptions, protocolError } from "./kafkajs_cluster.ts";
import type { HeadedBatch, Log, PartitionRange } from "./log.ts";
import { Outage } from "./outage.ts";
import { readPartition } from "./partition_reader.ts";
import { TopicAppender } from "./topic_appender.ts";

/** How a {@link KafkaLog} is reached, and how long it tries. */
export interface KafkaLogOptions extends KafkaOptions {
  /** After so long without an acknowledgement, appending fails; 30 s by default. */
  readonly appendTimeoutMs?: number;
}

/** The log in Kafka or Redpanda. */
export interface KafkaLog extends Log {
  /** Tells lag tools how far a group is; see {@link commitOffsets}. */
  commit(group: string, topic: string, positions: ReadonlyMap<number, Offset>): Promise<void>;

  /** Ends what is under way (an append that is not acknowledged yet may fail) and closes every connection. */
  close(): Promise<void>;
}

const APPEND_TIMEOUT_MS = 30_000;
const QUESTION_TIMEOUT_MS = 30_000;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** Opens the log. It connects when it is first used, and again whenever a connection is lost. */
export function createKafkaLog(options: KafkaLogOptions): KafkaLog {
  const { logger, appendTimeoutMs = APPEND_TIMEOUT_MS } = options;
  const outage = new Outage(logger);
  const closing = new AbortController();
  const links = new Set<KafkaLink>();
  const openLink = () => {
    const link = new KafkaLink(() => createCluster(options));
    links.add(link);
    return link;
  };
  // For appends and questions; each reader has a link of its own.
  const shared = openLink();
  const appenders = new Map<string, TopicAppender>();

  function appenderOf(topic: string): TopicAppender {
    const known = appenders.get(topic);
    if (known) return known;
    const appender = new TopicAppender({
      link: shared,
      outage,
      topic,
      timeoutMs: appendTimeoutMs,
      signal: closing.signal,
    });
    appenders.set(topic, appender);
    return appender;
  }

  function ask<T>(what: string, question: (cluster: Cluster) => Promise<T>): Promise<T> {
    const patience = { what, signal: closing.signal, timeoutMs: QUESTION_TIMEOUT_MS };
    return outage.outlast(patience, () => shared.withCluster(question));
  }

  async function* read(
    topic: string,
    partition: number,
    from: Offset,
    signal: AbortSignal,
  ): AsyncGenerator<HeadedBatch> {
    const link = openLink();
    const range = () => shared.withCluster((cluster) => partitionRange(cluster, topic, partition));
    const until = AbortSignal.any([signal, closing.signal]);
    try {
      yield* readPartition({ link, outage, topic, partition, from, range }, until);
    } finally {
      // Not waited for: the broker may hold the fetch ahead for a while. Closing the log waits for it.
      link.close().then(() => links.delete(link));
    }
  }

  return {
    append: (topic, records) => appenderOf(topic).append(records),
    read,
    ranges: (topic) => ask(`asking for the ranges of ${topic}`, (cluster) => topicRanges(cluster, topic)),
    commit: (group, topic, positions) =>
      ask(`committing offsets of ${group}`, (cluster) => commitOffsets(cluster, group, topic, positions)),
    async close() {
      closing.abort(new Error("Cannot go on: the log was closed"));
      await Promise.all([...links].map((link) => link.close()));
    },
  };
}

async function topicRanges(cluster: Cluster, topic: string): Promise<readonly PartitionRange[]> {
  await cluster.addTargetTopic(topic);
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({
    partition: partitionId,
  }));
  const query = async (fromBeginning: boolean) => {
    const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]);
    return new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset) as Offset]));
  };
  // The starts first: an end that is asked for later is never below them.
  const starts = await query(true);
  const ends = await query(false);
  return partitions
    .map(({ partition }) => ({ partition, start: starts.get(partition)!, end: ends.get(partition)! }))
    .sort((a, b) => a.partition - b.partition);
}

async function partitionRange(cluster: Cluster, topic: string, partition: number): Promise<PartitionRange> {
  const found = (await topicRanges(cluster, topic)).find((range) => range.partition === partition);
  if (found === undefined) throw protocolError(UNKNOWN_TOPIC_OR_PARTITION);
  return found;
}
