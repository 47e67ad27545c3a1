import assert from "node:assert/strict";
import { withTopic } from "./testing/kafka_topic.ts";
import { readLongestKept } from "./topic_retention.ts";

Deno.test("a topic's record is kept for its retention, and as long before as its segment may fill", async () => {
  const config = { "retention.ms": "7200000", "segment.ms": "3600000" };
  await withTopic({ config }, async ({ topic, kafka }) => {
    assert.deepEqual(await readLongestKept(kafka, [topic]), new Map([[topic, 10_800_000]]));
  });
});

Deno.test("a topic without retention keeps its records for ever", async () => {
  await withTopic({ config: { "retention.ms": "-1" } }, async ({ topic, kafka }) => {
    assert.deepEqual(await readLongestKept(kafka, [topic]), new Map([[topic, undefined]]));
  });
});
