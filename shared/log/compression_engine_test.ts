import assert from "node:assert/strict";
import { createKafkaLog } from "./kafka_log.ts";
import { withTopic } from "./testing/kafka_topic.ts";
import { readRecords, textOf, textRecord } from "./testing/text_records.ts";

// A topic with a codec of its own makes the broker pack every batch anew, with the codecs of Kafka's Java clients.
for (const codec of ["uncompressed", "gzip", "snappy", "lz4", "zstd"]) {
  Deno.test(`what the broker packed as ${codec} is read back`, async () => {
    await withTopic({ config: { "compression.type": codec } }, async ({ topic, kafka }) => {
      const log = createKafkaLog(kafka);
      try {
        const texts = Array.from(
          { length: 2_000 },
          (_, i) => `${i} ${crypto.randomUUID()} ${"page_view ".repeat(i % 90)}`,
        );
        await log.append(topic, texts.map((text) => textRecord(text)));
        // A small batch goes out unpacked, a record that can't be packed fills more than one block.
        await log.append(topic, [textRecord("small")]);
        const noise = Array.from({ length: 10_000 }, () => crypto.randomUUID()).join();
        await log.append(topic, [textRecord(noise)]);
        const read = (await readRecords(log, topic, 0, 0, texts.length + 2)).map(textOf);
        assert.deepEqual(read, [...texts, "small", noise]);
      } finally {
        await log.close();
      }
    });
  });
}
