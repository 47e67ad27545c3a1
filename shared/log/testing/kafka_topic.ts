import { type Admin, Kafka } from "kafkajs";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger, type Logger } from "@countinghouse/shared/telemetry";
import { brokerList, type KafkaOptions } from "../kafkajs_cluster.ts";
import { kafkajsLogCreator } from "../kafkajs_logger.ts";

/** A topic of a test's own on the real Kafka. */
export interface KafkaTopic {
  readonly topic: string;
  readonly kafka: KafkaOptions;
  readonly client: Kafka;
  readonly admin: Admin;
  /** What was logged at info and above, a line each. */
  readonly lines: string[];
}

/** The Kafka that the tests run against. */
export function kafkaOptions(logger: Logger): KafkaOptions {
  const { kafkaBootstrapServers } = loadEndpoints(loadSettings());
  return { bootstrapServers: kafkaBootstrapServers, clientId: "countinghouse-test", logger };
}

/** Runs a test with a new topic and deletes it afterwards. */
export async function withTopic(
  { partitions = 1, config = {} }: { partitions?: number; config?: Readonly<Record<string, string>> },
  test: (topic: KafkaTopic) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  const kafka = kafkaOptions(createLogger("info", (line) => lines.push(line)));
  const brokers = brokerList(kafka.bootstrapServers);
  const client = new Kafka({
    brokers,
    clientId: kafka.clientId,
    logCreator: kafkajsLogCreator(kafka.logger),
  });
  const admin = client.admin();
  await admin.connect();
  const topic = `test-${crypto.randomUUID()}`;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] });
    await test({ topic, kafka, client, admin, lines });
  } finally {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
}
