import assert from "node:assert/strict";
import fc from "fast-check";
import type { Offset } from "@countinghouse/core";
import type { DeadLetter } from "./dead_letter.ts";
import { DeadLetterCount } from "./dead_letter_count.ts";
import { deadLetterWriter, listDeadLetters, writeRefusedAtDoor } from "./dead_letter_log.ts";
import type { Log } from "./log.ts";
import { MemoryLog } from "./memory_log.ts";

const TOPIC = "events.dead-letter";
const never = new AbortController().signal;

function letter(offset: number): DeadLetter {
  return {
    key: null,
    value: null,
    refusal: { code: "not_json", field: "", reason: "Cannot read the record as JSON" },
    origin: "rollup",
    source: { topic: "events", partition: 0, offset: offset as Offset },
  };
}

Deno.test("the count goes up with each letter, by one for one that is written twice, by none for a stranger's", async () => {
  const log = new MemoryLog({ partitions: 2 });
  const letters = new DeadLetterCount(log, TOPIC);
  assert.equal(await letters.count(never), 0);
  await deadLetterWriter(log, TOPIC, never).write(0, [letter(1), letter(2)]);
  assert.equal(await letters.count(never), 2);
  const written = await Array.fromAsync(log.read(TOPIC, 0, 0 as Offset, AbortSignal.timeout(50)));
  await log.append(
    TOPIC,
    written.flatMap(({ records }) => records.map((record) => ({ ...record, partition: 0 }))),
  );
  await log.append(TOPIC, [{ key: null, value: null, partition: 0 }]);
  assert.equal(await letters.count(never), 2);
  await writeRefusedAtDoor(log, TOPIC, [letter(1), letter(1)].map(({ source: _, ...refused }) => refused));
  assert.equal(await letters.count(never), 4, "what was refused at the door has no source to be repeated");
});

Deno.test("what retention has removed is no longer counted, and a topic made anew is counted anew", async () => {
  const log = new MemoryLog({ partitions: 1 });
  await deadLetterWriter(log, TOPIC, never).write(0, [letter(1), letter(2), letter(3)]);
  const current: { log: Log } = { log };
  const letters = new DeadLetterCount(portOf(() => current.log), TOPIC);
  assert.equal(await letters.count(never), 3);
  current.log = {
    ...portOf(() => log),
    ranges: async (topic) => (await log.ranges(topic)).map((range) => ({ ...range, start: 2 as Offset })),
  };
  assert.equal(await letters.count(never), 1);
  current.log = new MemoryLog({ partitions: 1 });
  await deadLetterWriter(current.log, TOPIC, never).write(0, [letter(1)]);
  assert.equal(await letters.count(never), 1);
});

Deno.test("whichever workers write the letters of a partition in turns, the count is that of the list", async () => {
  const turns = fc.array(fc.record({ writer: fc.nat(2), from: fc.nat(30), length: fc.nat(8) }), {
    minLength: 1,
  });
  await fc.assert(fc.asyncProperty(turns, async (given) => {
    const log = new MemoryLog({ partitions: 1 });
    const writers = [0, 1, 2].map(() => deadLetterWriter(log, TOPIC, never));
    const letters = new DeadLetterCount(log, TOPIC);
    let reached = 0;
    for (const { writer, from, length } of given) {
      // A worker reads on where the log is stored, or before it, never behind.
      const first = Math.min(from, reached);
      reached = Math.max(reached, first + length);
      await writers[writer]!.write(0, Array.from({ length }, (_, at) => letter(first + at)));
      assert.equal(await letters.count(never), reached);
      assert.equal((await Array.fromAsync(listDeadLetters(log, TOPIC, never))).length, reached);
      assert.equal((await log.ranges(TOPIC))[0]?.end, reached, "a letter was written twice");
    }
  }));
});

/** A log that asks another one each time. */
function portOf(current: () => Log): Log {
  return {
    append: (...args) => current().append(...args),
    read: (...args) => current().read(...args),
    ranges: (topic) => current().ranges(topic),
  };
}
