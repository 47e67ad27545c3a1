import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { createKafkaLog, type KafkaLog } from "./kafka_log.ts";
import { partitionOf } from "./partitioner.ts";
import { type KafkaTopic, withTopic } from "./testing/kafka_topic.ts";
import { nextText, readRecords, readUntil, textOf, textRecord } from "./testing/text_records.ts";

/** Runs a test with a topic of its own and a log on the real Kafka. */
async function withLog(
  options: Parameters<typeof withTopic>[0],
  test: (log: KafkaLog, topic: string, all: KafkaTopic) => Promise<void>,
): Promise<void> {
  await withTopic(options, async (all) => {
    const log = createKafkaLog(all.kafka);
    try {
      await test(log, all.topic, all);
    } finally {
      await log.close();
    }
  });
}

Deno.test("100,000 records come back in order, each once, with key, headers and append time", async () => {
  await withLog({ config: { "message.timestamp.type": "LogAppendTime" } }, async (log, topic) => {
    const begunMs = Date.now();
    for (let first = 0; first < 100_000; first += 10_000) {
      const records = Array.from({ length: 10_000 }, (_, i) => ({
        ...textRecord(`event ${first + i} ${"x".repeat(500)}`),
        key: new TextEncoder().encode(`user ${i % 7}`),
        ...(i === 5 ? { headers: { origin: "tést" } } : {}),
      }));
      await log.append(topic, records);
    }
    const records = await readRecords(log, topic, 0, 0, 100_000);
    assert.equal(records.length, 100_000);
    records.forEach((record, i) => {
      assert.equal(record.offset, i);
      assert.ok(textOf(record).startsWith(`event ${i} x`));
    });
    assert.equal(new TextDecoder().decode(records[8]!.key!), "user 1");
    assert.deepEqual(records[5]!.headers, { origin: "tést" });
    assert.deepEqual(records[6]!.headers, {});
    const times = records.map((record) => record.appendTimeMs);
    assert.ok(Math.min(...times.slice(0, 1)) >= begunMs - 1_000 && times.at(-1)! <= Date.now() + 1_000);
  });
});

Deno.test("reading begins inside a batch, and says where the log ends", async () => {
  await withLog({}, async (log, topic) => {
    await log.append(topic, Array.from({ length: 20 }, (_, i) => textRecord(String(i))));
    const [batch] = await readUntil(log, topic, 0, 13, () => true);
    assert.deepEqual(batch?.records.map(textOf), ["13", "14", "15", "16", "17", "18", "19"]);
    assert.deepEqual([batch?.partition, batch?.from, batch?.through, batch?.end], [0, 13, 20, 20]);
  });
});

Deno.test("a read at the end begins with an empty batch; then a new record comes within milliseconds", async () => {
  await withLog({}, async (log, topic) => {
    await log.append(topic, [textRecord("old")]);
    const stop = new AbortController();
    const batches = log.read(topic, 0, 1 as Offset, stop.signal)[Symbol.asyncIterator]();
    const { endSeenMs, ...first } = (await batches.next()).value;
    assert.ok(Math.abs(Date.now() - endSeenMs) < 5_000, `the end was seen at ${endSeenMs}`);
    assert.deepEqual(first, { partition: 0, records: [], from: 1, through: 1, end: 1 });
    const delaysMs: number[] = [];
    for (let i = 0; i < 20; i++) {
      const next = nextText(batches);
      const sentMs = performance.now();
      await log.append(topic, [textRecord(String(i))]);
      assert.equal(await next, String(i));
      delaysMs.push(performance.now() - sentMs);
    }
    delaysMs.sort((a, b) => a - b);
    assert.ok(delaysMs[10]! < 100, `the median was ${delaysMs[10]} ms`);
    stop.abort();
    assert.equal((await batches.next()).done, true);
  });
});

Deno.test("a partition with traffic is not delayed by quiet ones that are read beside it", async () => {
  await withLog({ partitions: 4 }, async (log, topic) => {
    const stop = new AbortController();
    const quiet = [1, 2, 3].map(async (partition) => {
      for await (const batch of log.read(topic, partition, 0 as Offset, stop.signal)) {
        assert.equal(batch.records.length, 0);
      }
    });
    const batches = log.read(topic, 0, 0 as Offset, stop.signal)[Symbol.asyncIterator]();
    await batches.next();
    const delaysMs: number[] = [];
    for (let i = 0; i < 20; i++) {
      const next = nextText(batches);
      const sentMs = performance.now();
      await log.append(topic, [textRecord(String(i), 0)]);
      assert.equal(await next, String(i));
      delaysMs.push(performance.now() - sentMs);
    }
    delaysMs.sort((a, b) => a - b);
    // Were the long polls answered one after the other, it would be hundreds of milliseconds.
    assert.ok(delaysMs[10]! < 100, `the median was ${delaysMs[10]} ms`);
    stop.abort();
    await Promise.all([batches.next(), ...quiet]);
  });
});

Deno.test("many small appends at a time are all acknowledged, and one caller's stay in order", async () => {
  await withLog({}, async (log, topic) => {
    const callers = Array.from({ length: 20 }, (_, caller) => caller);
    await Promise.all(callers.map(async (caller) => {
      for (let i = 0; i < 20; i++) await log.append(topic, [textRecord(`${caller}:${i}`)]);
    }));
    const texts = (await readRecords(log, topic, 0, 0, 400)).map(textOf);
    assert.equal(new Set(texts).size, 400);
    for (const caller of callers) {
      const own = texts.filter((text) => text.startsWith(`${caller}:`)).map((text) =>
        Number(text.split(":")[1])
      );
      assert.deepEqual(own, [...Array(20).keys()]);
    }
  });
});

Deno.test("a record goes to its key's partition, to the one it names, or, with neither, to each in turn", async () => {
  await withLog({ partitions: 3 }, async (log, topic) => {
    const key = new TextEncoder().encode("store 1 user 42");
    await log.append(topic, [{ ...textRecord("by key"), key }]);
    await log.append(topic, [textRecord("by name", 2)]);
    await log.append(topic, [textRecord("turn"), textRecord("turn"), textRecord("turn")]);
    const expected = [1, 1, 1];
    expected[partitionOf(key, 3)]!++;
    expected[2]!++;
    assert.deepEqual((await log.ranges(topic)).map((range) => range.end), expected);
  });
});

Deno.test("a record over the limit is named, and nothing of the call is appended", async () => {
  await withLog({}, async (log, topic) => {
    const large = { key: null, value: new Uint8Array(2_100_000) };
    await assert.rejects(log.append(topic, [textRecord("small"), large]), {
      name: "RecordTooLargeError",
      message: `Cannot append record 1 to ${topic}: its 2100032 bytes exceed the limit of 2097088`,
      index: 1,
    });
    assert.equal((await log.ranges(topic))[0]?.end, 0);
  });
});

Deno.test("a refusal by the broker is passed on, and what comes after it is stored", async () => {
  await withLog({ config: { "max.message.bytes": "2000" } }, async (log, topic) => {
    const noise = crypto.getRandomValues(new Uint8Array(5_000));
    await assert.rejects(log.append(topic, [{ key: null, value: noise }]), { type: "MESSAGE_TOO_LARGE" });
    await log.append(topic, [textRecord("fits")]);
    assert.deepEqual((await readRecords(log, topic, 0, 0, 1)).map(textOf), ["fits"]);
  });
});

Deno.test("an offset that retention removed, and one the log does not have yet, are gone", async () => {
  await withLog({}, async (log, topic, { admin }) => {
    await log.append(topic, [textRecord("a"), textRecord("b"), textRecord("c")]);
    // kafkajs deletes records only of topics whose leaders it has asked for before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
    assert.deepEqual(await log.ranges(topic), [{ partition: 0, start: 2, end: 3 }]);
    for (const from of [1, 4]) {
      await assert.rejects(readUntil(log, topic, 0, from, () => true), {
        name: "OffsetGoneError",
        message: `Cannot read ${topic}/0 from offset ${from}: the log holds 2 to 3`,
      });
    }
    assert.deepEqual((await readRecords(log, topic, 0, 2, 1)).map(textOf), ["c"]);
  });
});

Deno.test("an aborted transaction's records are left out, and reading gets over its markers to the end", async () => {
  await withLog({}, async (log, topic, { client }) => {
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    for (const [text, end] of [["kept", "commit"], ["dropped", "abort"], ["kept too", "commit"]] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: text }] });
      await transaction[end]();
    }
    await producer.disconnect();
    const batches = await readUntil(log, topic, 0, 0, (batches) => batches.at(-1)!.through === 6);
    assert.deepEqual(batches.flatMap((batch) => batch.records).map(textOf), ["kept", "kept too"]);
    assert.equal(batches.at(-1)?.end, 6);
  });
});

Deno.test("committed positions are what lag tools see of a group", async () => {
  await withLog({ partitions: 2 }, async (log, topic, { admin }) => {
    await log.append(topic, [textRecord("a", 0), textRecord("b", 1), textRecord("c", 1)]);
    const group = `group-${topic}`;
    await log.commit(group, topic, new Map([[0, 1 as Offset], [1, 1 as Offset]]));
    await log.commit(group, topic, new Map([[1, 2 as Offset]]));
    const [seen] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const offsets = new Map(seen?.partitions.map(({ partition, offset }) => [partition, offset]));
    assert.deepEqual([offsets.get(0), offsets.get(1)], ["1", "2"]);
    await admin.deleteGroups([group]);
  });
});

Deno.test("closing ends reads, and appending afterwards fails", async () => {
  await withLog({}, async (log, topic) => {
    const batches = log.read(topic, 0, 0 as Offset, new AbortController().signal)[Symbol.asyncIterator]();
    await batches.next();
    const next = batches.next();
    await log.close();
    assert.equal((await next).done, true);
    await assert.rejects(log.append(topic, [textRecord("late")]), /Cannot go on: the log was closed/);
  });
});
