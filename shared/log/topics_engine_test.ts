import assert from "node:assert/strict";
import { ConfigResourceTypes } from "kafkajs";
import { withTopic } from "./testing/kafka_topic.ts";
import { ensureTopics } from "./topics.ts";

Deno.test("topics are created once by many at a time, with their settings", async () => {
  await withTopic({}, async ({ admin, kafka, lines }) => {
    const events = `test-${crypto.randomUUID()}`;
    const settings = { events, deadLetters: `${events}.dead-letter`, partitions: 3, retentionMs: 7_200_000 };
    const all = await Promise.all(Array.from({ length: 4 }, () => ensureTopics(kafka, settings)));
    try {
      for (const topics of all) assert.deepEqual(topics, { partitions: 3, deadLetterPartitions: 4 });
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: events }],
      });
      const config = new Map(
        resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
      assert.equal(config.get("retention.ms"), "7200000");
      assert.equal(config.get("message.timestamp.type"), "LogAppendTime");
      assert.equal(config.get("compression.type"), "producer");
      assert.equal(config.get("max.message.bytes"), String(2 * 1024 * 1024));
      assert.equal(config.get("min.insync.replicas"), "1");
      assert.deepEqual(lines, []);
    } finally {
      await admin.deleteTopics({ topics: [settings.events, settings.deadLetters] });
    }
  });
});

Deno.test("a topic with another number of partitions is used as it is, which is said", async () => {
  await withTopic({ partitions: 2 }, async ({ topic, admin, kafka, lines }) => {
    const settings = {
      events: topic,
      deadLetters: `${topic}.dead-letter`,
      partitions: 5,
      retentionMs: 7_200_000,
    };
    await admin.createTopics({ topics: [{ topic: settings.deadLetters, numPartitions: 1 }] });
    try {
      assert.deepEqual(await ensureTopics(kafka, settings), { partitions: 2, deadLetterPartitions: 3 });
      assert.deepEqual(lines, [
        "warn: the topic has another number of partitions than the settings; using what is there " +
        `topic="${topic}" partitions=2 settings=5`,
      ]);
      assert.deepEqual(await ensureTopics(kafka, settings), { partitions: 2, deadLetterPartitions: 3 });
    } finally {
      await admin.deleteTopics({ topics: [settings.deadLetters] });
    }
  });
});
