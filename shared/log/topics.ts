import type { Admin, ITopicConfig } from "kafkajs";
import { withAdmin } from "./kafkajs_admin.ts";
import { isTransient, type KafkaOptions } from "./kafkajs_cluster.ts";
import { pause } from "./retry.ts";

/** The largest batch that the topics take; an event may have 1 MiB, and a dead letter's headers come on top. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** The largest record that fits into such a batch. */
export const MAX_RECORD_BYTES = MAX_MESSAGE_BYTES - 64;

const KNOWN_WITHIN_MS = 10_000;
const POLL_MS = 50;
const MOST_REPLICAS = 3;
const DEAD_LETTER_RETENTION_MS = 365 * 86_400_000;

/** The topics that should be there. */
export interface TopicSettings {
  readonly events: string;
  readonly deadLetters: string;
  /** Of the events; the dead letters have one more, for what was refused before it had a partition. */
  readonly partitions: number;
  readonly retentionMs: number;
}

/** The topics as they are. */
export interface Topics {
  readonly partitions: number;
  readonly deadLetterPartitions: number;
}

/**
 * Creates the topics that are missing; several may do so at a time. Topics that are there stay as they are, except
 * that partitions are added to the dead letters where there are too few.
 *
 * @throws {Error} when the broker does not answer or refuses.
 */
export async function ensureTopics(options: KafkaOptions, settings: TopicSettings): Promise<Topics> {
  const { logger } = options;
  return await withAdmin(options, async (admin) => {
    const { brokers } = await admin.describeCluster();
    const replicationFactor = Math.min(MOST_REPLICAS, brokers.length);
    const partitions = await ensureTopic(admin, {
      topic: settings.events,
      numPartitions: settings.partitions,
      replicationFactor,
      configEntries: entries({ ...COMMON, "retention.ms": settings.retentionMs }),
    });
    if (partitions !== settings.partitions) {
      logger.warn("the topic has another number of partitions than the settings; using what is there", {
        topic: settings.events,
        partitions,
        settings: settings.partitions,
      });
    }
    const wanted = partitions + 1;
    const found = await ensureTopic(admin, {
      topic: settings.deadLetters,
      numPartitions: wanted,
      replicationFactor,
      configEntries: entries({ ...COMMON, "retention.ms": DEAD_LETTER_RETENTION_MS }),
    });
    if (found < wanted) await addPartitions(admin, settings.deadLetters, wanted);
    return { partitions, deadLetterPartitions: Math.max(found, wanted) };
  });
}

const COMMON = {
  "message.timestamp.type": "LogAppendTime",
  "compression.type": "producer",
  "max.message.bytes": MAX_MESSAGE_BYTES,
  "min.insync.replicas": 1,
};

function entries(settings: Readonly<Record<string, string | number>>): { name: string; value: string }[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value: String(value) }));
}

/** Creates a topic unless it is there, and tells how many partitions it has. */
async function ensureTopic(admin: Admin, topic: ITopicConfig): Promise<number> {
  // kafkajs's own wait for leaders gives up at the first broker that has not heard of the topic yet.
  await admin.createTopics({ topics: [topic], waitForLeaders: false });
  return await countPartitions(admin, topic.topic);
}

async function addPartitions(admin: Admin, topic: string, count: number): Promise<void> {
  try {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  } catch (error) {
    // Another one may have been quicker.
    if (await countPartitions(admin, topic) < count) throw error;
  }
}

/** A topic that was just created, perhaps by another process, is not known to every broker at once. */
async function countPartitions(admin: Admin, topic: string): Promise<number> {
  const signal = AbortSignal.timeout(KNOWN_WITHIN_MS);
  for (;;) {
    try {
      const { topics: [found] } = await admin.fetchTopicMetadata({ topics: [topic] });
      return found?.partitions.length ?? 0;
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      await pause(POLL_MS, signal);
    }
  }
}
