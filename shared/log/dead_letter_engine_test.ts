import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import type { DeadLetter } from "./dead_letter.ts";
import { deadLetterWriter, listDeadLetters, writeRefusedAtDoor } from "./dead_letter_log.ts";
import { createKafkaLog } from "./kafka_log.ts";
import { withTopic } from "./testing/kafka_topic.ts";

const never = new AbortController().signal;

Deno.test("on the real log, a restarted worker writes no dead letter twice, and the reader gets them whole", async () => {
  await withTopic({ partitions: 3 }, async ({ topic, kafka }) => {
    const log = createKafkaLog(kafka);
    const refused: DeadLetter = {
      key: new TextEncoder().encode("store 1 user 2"),
      value: Uint8Array.of(0x7b, 0xff, 0x00),
      refusal: { code: "not_utf8", field: "", reason: "Cannot read the record as UTF-8: byte 1 is 255 – é" },
      origin: "rollup",
    };
    const letter = (offset: number): DeadLetter => ({
      ...refused,
      source: { topic: "events", partition: 1, offset: offset as Offset },
    });
    try {
      await deadLetterWriter(log, topic, never).write(1, [letter(10), letter(20)]);
      const restarted = deadLetterWriter(log, topic, never);
      assert.equal(await restarted.write(1, [letter(10), letter(20), letter(30)]), 1);
      await writeRefusedAtDoor(log, topic, [{ ...refused, origin: "collect" }]);
      const kept = await Array.fromAsync(listDeadLetters(log, topic, never));
      assert.deepEqual(
        kept.map(({ at, ...letter }) => ({ ...letter, partition: at.partition, at: at.offset })),
        [
          { ...letter(10), partition: 1, at: 0 },
          { ...letter(20), partition: 1, at: 1 },
          { ...letter(30), partition: 1, at: 2 },
          { ...refused, origin: "collect", partition: 2, at: 0 },
        ],
      );
    } finally {
      await log.close();
    }
  });
});
