import assert from "node:assert/strict";
import { Kafka, logLevel } from "kafkajs";
import { ColdSink, type ColdStore, createColdStore, prepareColdStore, RowFold } from "@countinghouse/cold";
import type { Fold } from "@countinghouse/core";
import { type Lake, LakeFold, LakeSink } from "@countinghouse/lake";
import { type Log, readRange, type Sink } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { FOLD } from "./live_shop.ts";

/** A log, and of which topic. */
export interface Source {
  readonly log: Log;
  readonly topic: string;
}

const never = new AbortController().signal;
/** Small, so that a minute lies in several files and parts. */
const BATCH_RECORDS = 300;

/** Brings a log into the lake, as its worker does. */
export async function fillLake(source: Source, lake: Lake): Promise<void> {
  await fill(source, new LakeSink(lake), (partition, from) => new LakeFold(partition, from));
}

/** Brings a log into the warehouse, as its worker does. */
export async function fillWarehouse(source: Source, store: ColdStore): Promise<void> {
  await fill(source, new ColdSink(store), (partition, from) => new RowFold(partition, from));
}

async function fill<Change>(
  { log, topic }: Source,
  sink: Sink<Change>,
  createFold: (...from: ConstructorParameters<typeof RowFold>) => Fold<Change>,
): Promise<void> {
  for (const range of await log.ranges(topic)) {
    const { partition, end } = range;
    const from = await sink.position(partition);
    const records = await Array.fromAsync(readRange(log, topic, { ...range, start: from }, never));
    const fold = createFold(partition, from);
    for (let first = 0; first < records.length; first += BATCH_RECORDS) {
      const some = records.slice(first, first + BATCH_RECORDS);
      fold.apply({ partition, records: some, from: fold.through, through: fold.through, end });
      await sink.write({ partition, through: fold.through, end, change: fold.take(true) });
    }
  }
}

/** Runs a test with a warehouse of its own; `address` names it. */
export async function withWarehouse(
  test: (store: ColdStore, address: string) => Promise<void>,
): Promise<void> {
  const address = new URL(loadEndpoints(loadSettings()).clickhouseUrl);
  const database = `test_${crypto.randomUUID().slice(0, 8)}`;
  address.pathname = `/${database}`;
  const store = createColdStore(address.href);
  try {
    await prepareColdStore(store, FOLD);
    await test(store, address.href);
  } finally {
    await store.client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` });
    await store.close();
  }
}

/** The rows of the warehouse, each record and window once, as lines of JSON. */
export async function warehouseRows({ client }: ColdStore): Promise<readonly string[]> {
  const lines = async (query: string) =>
    (await (await client.query({ query, format: "JSONEachRow" })).text()).split("\n");
  // A set's order is of no meaning.
  const sets = ["user_keys", "session_keys"].map((set) => `arraySort(${set}) AS ${set}`);
  return [
    ...await lines("SELECT * FROM events FINAL ORDER BY partition, offset"),
    ...await lines(`SELECT * REPLACE (${sets}) FROM rollups FINAL ORDER BY step, store_id, start`),
  ];
}

/** Compares the rows of a warehouse with those that it should have; tells the first ones that differ. */
export async function assertRows(store: ColdStore, expected: readonly string[]): Promise<void> {
  const actual = await warehouseRows(store);
  const [has, should] = [new Set(actual), new Set(expected)];
  assert.deepEqual({
    surplus: actual.filter((row) => !should.has(row)).slice(0, 3),
    missing: expected.filter((row) => !has.has(row)).slice(0, 3),
    rows: actual.length,
  }, { surplus: [], missing: [], rows: expected.length });
}

/** Removes the records below an offset from every partition of a topic, as Kafka's retention does. */
export async function removeRecordsBelow(topic: string, partitions: number, below: number): Promise<void> {
  const { kafkaBootstrapServers } = loadEndpoints(loadSettings());
  const kafka = new Kafka({ brokers: kafkaBootstrapServers.split(","), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offset = String(below);
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: Array.from({ length: partitions }, (_, partition) => ({ partition, offset })),
    });
  } finally {
    await admin.disconnect();
  }
}
