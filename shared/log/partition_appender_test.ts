import assert from "node:assert/strict";
import { createLogger } from "@countinghouse/shared/telemetry";
import { KafkaLink } from "./kafka_link.ts";
import { type Broker, type Cluster, protocolError } from "./kafkajs_cluster.ts";
import { Outage } from "./outage.ts";
import { PartitionAppender, splitBySize } from "./partition_appender.ts";
import { WireReader } from "./wire.ts";

const BASE_SEQUENCE_AT = 53;
const PRODUCER_ID_AT = 43;
const RECORD_COUNT_AT = 57;
const REQUEST_TIMED_OUT = 7;
const MESSAGE_TOO_LARGE = 10;
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
const DUPLICATE_SEQUENCE_NUMBER = 46;

/** What a batch says of itself. */
interface SentBatch {
  readonly producerId: number;
  readonly baseSequence: number;
  readonly records: number;
}

/** An appender whose broker answers with the codes given, and with success after them. */
function appenderWith(...codes: number[]): { appender: PartitionAppender; sent: SentBatch[] } {
  const sent: SentBatch[] = [];
  let producers = 0;
  const broker: Broker = {
    connectionPool: {
      async send({ request, response }) {
        sent.push(readBatch((await request.encode()).buffer));
        const code = codes.shift() ?? 0;
        if (code !== 0) throw protocolError(code);
        return await response.parse({ answer: undefined as never, clientSideThrottleTime: 0 });
      },
    },
    initProducerId: () => Promise.resolve({ producerId: String(++producers), producerEpoch: 0 }),
    offsetCommit: () => Promise.reject(new Error("not asked for")),
  };
  const cluster: Partial<Cluster> = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    addTargetTopic: () => Promise.resolve(),
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findBroker: () => Promise.resolve(broker),
  };
  const appender = new PartitionAppender({
    link: new KafkaLink(() => cluster as Cluster),
    outage: new Outage(createLogger("error")),
    topic: "t",
    partition: 0,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
  });
  return { appender, sent };
}

function readBatch(request: Uint8Array): SentBatch {
  const reader = new WireReader(request);
  reader.at = 2 + 2 + 4 + 4 + (2 + 1) + 4 + 4 + 4;
  const batch = new WireReader(reader.bytes(reader.left));
  batch.at = PRODUCER_ID_AT;
  const producerId = batch.int64();
  batch.at = BASE_SEQUENCE_AT;
  const baseSequence = batch.int32();
  batch.at = RECORD_COUNT_AT;
  return { producerId, baseSequence, records: batch.int32() };
}

function records(count: number) {
  return Array.from({ length: count }, () => ({ key: null, value: new Uint8Array(10) }));
}

Deno.test("batches are numbered on by their records", async () => {
  const { appender, sent } = appenderWith();
  await appender.append(records(3));
  await appender.append(records(2));
  await appender.append(records(1));
  assert.deepEqual(sent, [
    { producerId: 1, baseSequence: 0, records: 3 },
    { producerId: 1, baseSequence: 3, records: 2 },
    { producerId: 1, baseSequence: 5, records: 1 },
  ]);
});

Deno.test("what comes in while a batch is under way goes out together", async () => {
  const { appender, sent } = appenderWith();
  await Promise.all([1, 2, 3].map(() => appender.append(records(2))));
  assert.deepEqual(sent.map((batch) => batch.records), [2, 4]);
});

Deno.test("a batch is sent again under its own number, so that the broker knows it", async () => {
  const { appender, sent } = appenderWith(0, REQUEST_TIMED_OUT, REQUEST_TIMED_OUT, DUPLICATE_SEQUENCE_NUMBER);
  await appender.append(records(1));
  await appender.append(records(2));
  await appender.append(records(1));
  assert.deepEqual(sent.map((batch) => batch.baseSequence), [0, 1, 1, 1, 3]);
  assert.deepEqual(new Set(sent.map((batch) => batch.producerId)), new Set([1]));
});

Deno.test("where the broker lost the sequence, the batch goes out under a new producer id", async () => {
  const { appender, sent } = appenderWith(0, OUT_OF_ORDER_SEQUENCE_NUMBER);
  await appender.append(records(1));
  await appender.append(records(2));
  await appender.append(records(1));
  assert.deepEqual(sent.slice(1), [
    { producerId: 1, baseSequence: 1, records: 2 },
    { producerId: 2, baseSequence: 0, records: 2 },
    { producerId: 2, baseSequence: 2, records: 1 },
  ]);
});

Deno.test("after a batch that failed for good, the next can't be taken for its repetition", async () => {
  const { appender, sent } = appenderWith(MESSAGE_TOO_LARGE);
  await assert.rejects(appender.append(records(1)), { type: "MESSAGE_TOO_LARGE" });
  await appender.append(records(1));
  assert.deepEqual(sent.map((batch) => batch.producerId), [1, 2]);
});

Deno.test("records are cut into runs that fit, and one that does not fit is alone", () => {
  const record = (bytes: number) => ({ key: null, value: new Uint8Array(bytes) });
  const sizes = [10, 10, 500, 10, 10, 10];
  const runs = splitBySize(sizes.map(record), 100);
  assert.deepEqual(runs.map((run) => run.records.map((record) => record.value?.length)), [[10, 10], [500], [
    10,
    10,
  ], [10]]);
  assert.deepEqual(splitBySize([]), []);
});
