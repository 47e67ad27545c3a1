import assert from "node:assert/strict";
import fc from "fast-check";
import type { Offset } from "@countinghouse/core";
import type { DeadLetter } from "./dead_letter.ts";
import { deadLetterWriter, listDeadLetters, writeRefusedAtDoor } from "./dead_letter_log.ts";
import { MemoryLog } from "./memory_log.ts";

const TOPIC = "events.dead-letter";
const never = new AbortController().signal;

function letter(offset: number, partition = 0): DeadLetter {
  return {
    key: null,
    value: new TextEncoder().encode(`record ${offset}`),
    refusal: { code: "not_json", field: "", reason: "Cannot read the record as JSON" },
    origin: "rollup",
    source: { topic: "events", partition, offset: offset as Offset },
  };
}

async function sourceOffsets(log: MemoryLog): Promise<(number | undefined)[]> {
  const letters = await Array.fromAsync(listDeadLetters(log, TOPIC, never));
  return letters.map(({ source }) => source?.offset);
}

Deno.test("a record that is refused again after a replay is not written again", async () => {
  const log = new MemoryLog({ partitions: 2 });
  assert.equal(await deadLetterWriter(log, TOPIC, never).write(0, [letter(3), letter(8)]), 2);
  const restarted = deadLetterWriter(log, TOPIC, never);
  assert.equal(await restarted.write(0, [letter(3), letter(8), letter(9)]), 1);
  assert.equal(await restarted.write(0, [letter(9)]), 0);
  assert.deepEqual(await sourceOffsets(log), [3, 8, 9]);
});

Deno.test("each source partition is counted for itself", async () => {
  const log = new MemoryLog({ partitions: 3 });
  const writer = deadLetterWriter(log, TOPIC, never);
  await writer.write(0, [letter(50, 0)]);
  await writer.write(1, [letter(5, 1)]);
  assert.deepEqual((await log.ranges(TOPIC)).map((range) => range.end), [1, 1, 0]);
});

Deno.test("whatever appends are lost or only seem so, and whenever the worker restarts, each is there once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 50 }),
      async (chances) => {
        let drawn = 0;
        const random = () => chances[drawn++ % chances.length]! / 100;
        const log = new MemoryLog({
          partitions: 2,
          random,
          faults: { appendLost: 0.3, appendUnacknowledged: 0.3 },
        });
        let writer = deadLetterWriter(log, TOPIC, never);
        const offsets = Array.from({ length: 30 }, (_, i) => 2 * i);
        for (let done = 0, attempts = 0; done < offsets.length; attempts++) {
          // Endless bad luck is no test.
          if (attempts > 60) return;
          const replayed = offsets.slice(Math.max(0, done - 3), done + 5);
          try {
            await writer.write(0, replayed.map((offset) => letter(offset)));
            done = Math.min(offsets.length, done + 5);
          } catch {
            if (random() < 0.5) writer = deadLetterWriter(log, TOPIC, never);
          }
        }
        const [range] = await log.ranges(TOPIC);
        assert.equal(range?.end, offsets.length);
        assert.deepEqual(await sourceOffsets(log), offsets);
      },
    ),
  );
});

Deno.test("what is refused at the front door goes to the last partition, each time anew", async () => {
  const log = new MemoryLog({ partitions: 3 });
  const { source: _, ...refused } = letter(0);
  await writeRefusedAtDoor(log, TOPIC, [{ ...refused, origin: "ingest" }, { ...refused, origin: "ingest" }]);
  const letters = await Array.fromAsync(listDeadLetters(log, TOPIC, never));
  assert.deepEqual(letters.map(({ origin, at }) => [origin, at.partition, at.offset]), [
    ["ingest", 2, 0],
    ["ingest", 2, 1],
  ]);
});

Deno.test("a partition that comes back from another worker gets no letter twice", async () => {
  const log = new MemoryLog({ partitions: 1 });
  const [first, second] = [deadLetterWriter(log, TOPIC, never), deadLetterWriter(log, TOPIC, never)];
  await first.write(0, [letter(1)]);
  await second.write(0, [letter(2), letter(5)]);
  assert.equal(await first.write(0, [letter(2), letter(5), letter(7)]), 1);
  assert.equal((await log.ranges(TOPIC))[0]?.end, 4);
  assert.deepEqual(await sourceOffsets(log), [1, 2, 5, 7]);
});

Deno.test("a zombie's repetition is listed once, and a stranger's record not at all", async () => {
  const log = new MemoryLog({ partitions: 2 });
  const [worker, zombie] = [deadLetterWriter(log, TOPIC, never), deadLetterWriter(log, TOPIC, never)];
  await Promise.all([worker.write(0, [letter(1)]), zombie.write(0, [letter(1), letter(2)])]);
  await log.append(TOPIC, [{ key: null, value: null, partition: 0 }]);
  await worker.write(0, [letter(2), letter(3)]);
  assert.equal((await log.ranges(TOPIC))[0]?.end, 5);
  assert.deepEqual(await sourceOffsets(log), [1, 2, 3]);
});

Deno.test("a dead-letter topic with too few partitions is an error that says so", async () => {
  const log = new MemoryLog({ partitions: 1 });
  await assert.rejects(deadLetterWriter(log, TOPIC, never).write(4, [letter(1, 4)]), {
    message: "Cannot write to events.dead-letter/4: there is no such partition",
  });
});
