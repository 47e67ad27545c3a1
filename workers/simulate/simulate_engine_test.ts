import assert from "node:assert/strict";
import { createKafkaLog, ensureTopics, readRange } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { runSimulation } from "./run.ts";
import { DEFAULT_FAULTS, simulated } from "./testing/simulated.ts";

Deno.test("a shop's events are in Kafka as they were simulated, each user's in order", async () => {
  const id = crypto.randomUUID();
  const topics = { events: `events-${id}`, deadLetters: `dead-${id}`, partitions: 3, retentionMs: 3_600_000 };
  const kafka = {
    bootstrapServers: loadEndpoints(loadSettings()).kafkaBootstrapServers,
    clientId: "simulate-test",
    logger: createLogger("error"),
  };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  const signal = AbortSignal.timeout(60_000);
  try {
    const options = {
      seed: 3,
      storeId: "engine",
      startMs: Date.now(),
      rate: 5_000,
      rhythm: false,
      seconds: 2,
      faults: DEFAULT_FAULTS,
    };
    await runSimulation(
      options,
      { log, topic: topics.events, logger: kafka.logger, status: () => {} },
      signal,
    );

    const byUser = (
      records: readonly { readonly key: Uint8Array | null; readonly value: Uint8Array | null }[],
    ) => {
      const text = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes!);
      const groups = Map.groupBy(records, ({ key }) => text(key));
      return [...groups].map(([user, list]) => [user, list.map(({ value }) => text(value))] as const)
        .sort(([a], [b]) => a < b ? -1 : 1);
    };
    const read = [];
    const usersOf: Set<string>[] = [];
    for (const range of await log.ranges(topics.events)) {
      const records = await Array.fromAsync(readRange(log, topics.events, range, signal));
      usersOf.push(new Set(byUser(records).map(([user]) => user)));
      read.push(...records);
    }
    assert.equal(read.length, 10_000);
    assert.deepEqual(byUser(read), byUser(simulated({ ...options, count: undefined })));
    assert.equal(usersOf.length, 3);
    assert.ok(usersOf[0]!.isDisjointFrom(usersOf[1]!) && usersOf[1]!.isDisjointFrom(usersOf[2]!));
  } finally {
    await log.close();
  }
});
