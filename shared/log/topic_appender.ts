import { type NewRecord, RecordTooLargeError } from "./log.ts";
import { PartitionAppender, type PartitionAppenderOptions } from "./partition_appender.ts";
import { partitionOf } from "./partitioner.ts";
import { recordBytes } from "./record_batch.ts";
import { MAX_RECORD_BYTES } from "./topics.ts";

/** Appends to a topic: chooses each record's partition and hands it to that partition's appender. */
export class TopicAppender {
  readonly #options: Omit<PartitionAppenderOptions, "partition">;
  readonly #appenders = new Map<number, PartitionAppender>();
  #partitions: number | undefined;
  #keyless = 0;

  constructor(options: Omit<PartitionAppenderOptions, "partition">) {
    this.#options = options;
  }

  /** See {@link Log.append}. */
  async append(records: readonly NewRecord[]): Promise<void> {
    const { topic } = this.#options;
    records.forEach((record, index) => {
      const bytes = recordBytes(record);
      if (bytes > MAX_RECORD_BYTES) throw new RecordTooLargeError(topic, index, bytes, MAX_RECORD_BYTES);
    });
    const partitions = this.#partitions ??= await this.#countPartitions();
    const groups = Map.groupBy(records, (record) => this.#choose(record, partitions));
    const appends = [...groups].map(([partition, group]) => this.#appender(partition).append(group));
    const failed = (await Promise.allSettled(appends)).find((append) => append.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** A topic's partitions are counted once: were some added, keys would move and users be split. */
  #countPartitions(): Promise<number> {
    const { link, outage, topic, signal, timeoutMs } = this.#options;
    const what = `asking for the partitions of ${topic}`;
    return outage.outlast({ what, signal, timeoutMs }, () =>
      link.withCluster(async (cluster) => {
        await cluster.addTargetTopic(topic);
        return cluster.findTopicPartitionMetadata(topic).length;
      }));
  }

  #choose({ partition, key }: NewRecord, partitions: number): number {
    return partition ?? (key === null ? this.#keyless++ % partitions : partitionOf(key, partitions));
  }

  #appender(partition: number): PartitionAppender {
    const known = this.#appenders.get(partition);
    if (known) return known;
    const appender = new PartitionAppender({ ...this.#options, partition });
    this.#appenders.set(partition, appender);
    return appender;
  }
}
