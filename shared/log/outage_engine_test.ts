import assert from "node:assert/strict";
import net from "node:net";
import type { Offset } from "@countinghouse/core";
import { createKafkaLog, type KafkaLog } from "./kafka_log.ts";
import { brokerList } from "./kafkajs_cluster.ts";
import { type KafkaTopic, withTopic } from "./testing/kafka_topic.ts";
import { startTcpProxy, type TcpProxy } from "./testing/tcp_proxy.ts";
import { nextText, readRecords, textOf, textRecord } from "./testing/text_records.ts";

interface Proxied extends KafkaTopic {
  /** A log whose every connection goes through the proxy. */
  readonly log: KafkaLog;
  readonly proxy: TcpProxy;
}

async function withProxiedLog(
  test: (proxied: Proxied) => Promise<void>,
  { appendTimeoutMs = 30_000 } = {},
): Promise<void> {
  await withTopic({ partitions: 2 }, async (all) => {
    const [hostname, port] = brokerList(all.kafka.bootstrapServers)[0]!.split(":") as [string, string];
    await using proxy = startTcpProxy({ hostname, port: Number(port) });
    const log = createKafkaLog({
      ...all.kafka,
      appendTimeoutMs,
      // The broker tells clients its own address; this leads them back to the proxy.
      socketFactory: ({ onConnect }) => net.connect({ host: "127.0.0.1", port: proxy.port }, onConnect),
    });
    try {
      await test({ ...all, log, proxy });
    } finally {
      await log.close();
    }
  });
}

Deno.test("connections cut over and over cost no record and double none, written or read", async () => {
  await withProxiedLog(async ({ log, proxy, topic }) => {
    const cutting = (async () => {
      for (let cuts = 0; cuts < 30; cuts++) {
        // Every other cut loses the answers of what the broker has already done.
        proxy.dropReplies = cuts % 2 === 1;
        await new Promise((resolve) => setTimeout(resolve, 60));
        proxy.cut();
        proxy.dropReplies = false;
      }
    })();
    const reading = readRecords(log, topic, 0, 0, 3_000);
    for (let i = 0; i < 3_000; i += 30) {
      await log.append(topic, Array.from({ length: 30 }, (_, k) => textRecord(String(i + k), 0)));
    }
    const read = await reading;
    await cutting;
    assert.deepEqual(read.map(textOf), Array.from({ length: 3_000 }, (_, i) => String(i)));
    assert.equal((await log.ranges(topic))[0]?.end, 3_000);
    assert.ok(proxy.connections > 20, `only ${proxy.connections} connections were made`);
  });
});

Deno.test("a batch whose acknowledgement got lost is stored once", async () => {
  await withProxiedLog(async ({ log, proxy, topic }) => {
    await log.append(topic, [textRecord("first", 0)]);
    proxy.dropReplies = true;
    const append = log.append(topic, [textRecord("second", 0)]);
    const dropped = proxy.droppedBytes;
    await until("the acknowledgement is lost", () => proxy.droppedBytes > dropped);
    proxy.dropReplies = false;
    proxy.cut();
    await append;
    await log.append(topic, [textRecord("third", 0)]);
    assert.deepEqual((await readRecords(log, topic, 0, 0, 3)).map(textOf), ["first", "second", "third"]);
  });
});

Deno.test("an outage is told once when it lasts and once when it is over, and the reader goes on", async () => {
  await withProxiedLog(async ({ log, proxy, topic, lines }) => {
    const stop = new AbortController();
    const readers = [0, 1].map((partition) =>
      log.read(topic, partition, 0 as Offset, stop.signal)[Symbol.asyncIterator]()
    );
    await Promise.all(readers.map((reader) => reader.next()));
    proxy.refuse = true;
    proxy.cut();
    const next = readers.map((reader) => nextText(reader));
    await until("the outage is told", () => lines.length > 0);
    proxy.refuse = false;
    await until("its end is told", () => lines.length > 1);
    await log.append(topic, [textRecord("after", 0), textRecord("after", 1)]);
    for (const text of await Promise.all(next)) assert.equal(text, "after");
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(
      lines[0]!,
      /^warn: Kafka does not answer; trying again until it does while="reading .*\/[01]" error=/,
    );
    assert.match(lines[1]!, /^Kafka answers again seconds=[\d.]+$/);
    stop.abort();
  });
});

Deno.test("an append that can't be acknowledged in its time fails, and says why", async () => {
  await withProxiedLog(async ({ log, proxy, topic }) => {
    proxy.refuse = true;
    await assert.rejects(log.append(topic, [textRecord("lost", 0)]), (error: Error) => {
      return /connection|closed|connect/i.test(error.message);
    });
  }, { appendTimeoutMs: 300 });
});

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!await holds()) {
    if (performance.now() > deadlineMs) throw new Error(`Cannot wait longer than 20 s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
