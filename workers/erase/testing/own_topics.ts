import { Kafka, logLevel } from "kafkajs";

/** Runs a test with an environment that names topics of its own, which are deleted afterwards. */
export async function withOwnTopics(
  environment: Readonly<Record<string, string>>,
  test: (environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const events = `test-${crypto.randomUUID()}`;
  const deadLetters = `${events}.dead-letter`;
  const topics = [events, deadLetters];
  const brokers = environment["KAFKA_BOOTSTRAP_SERVERS"]!.split(",");
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 5 })) });
    await test({ ...environment, EVENTS_TOPIC: events, DEAD_LETTERS_TOPIC: deadLetters });
  } finally {
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  }
}
