import assert from "node:assert/strict";
import { KafkaLink } from "./kafka_link.ts";
import { type Broker, type Cluster, protocolError } from "./kafkajs_cluster.ts";

const NOT_LEADER_FOR_PARTITION = 6;
const MESSAGE_TOO_LARGE = 10;

/** A link to clusters that do nothing but count themselves; those named fail to connect. */
function linkTo({ unreachable = [] as number[] } = {}) {
  const calls: string[] = [];
  let created = 0;
  const link = new KafkaLink(() => {
    const number = ++created;
    const cluster: Partial<Cluster> = {
      connect: () => {
        calls.push(`connect ${number}`);
        const refused = unreachable.includes(number);
        return refused ? Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION)) : Promise.resolve();
      },
      disconnect: () => {
        calls.push(`disconnect ${number}`);
        return Promise.resolve();
      },
      addTargetTopic: () => Promise.resolve(),
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 5 }],
      findBroker: ({ nodeId }) => Promise.resolve({ nodeId } as unknown as Broker),
    };
    return cluster as Cluster;
  });
  return { link, calls };
}

Deno.test("one connection serves until it fails; then the next use opens another", async () => {
  const { link, calls } = linkTo();
  await Promise.all([link.withCluster(() => Promise.resolve()), link.withCluster(() => Promise.resolve())]);
  const moved = protocolError(NOT_LEADER_FOR_PARTITION);
  await assert.rejects(link.withCluster(() => Promise.reject(moved)), moved);
  await link.withCluster(() => Promise.resolve());
  assert.deepEqual(calls, ["connect 1", "disconnect 1", "connect 2"]);
});

Deno.test("a connection outlives a request that was refused for its own sake", async () => {
  const { link, calls } = linkTo();
  await assert.rejects(link.withCluster(() => Promise.reject(protocolError(MESSAGE_TOO_LARGE))));
  await link.withCluster(() => Promise.resolve());
  assert.deepEqual(calls, ["connect 1"]);
});

Deno.test("many requests that fail on one connection replace it once", async () => {
  const { link, calls } = linkTo();
  const fail = () => link.withCluster(() => Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION)));
  await Promise.allSettled([fail(), fail(), fail()]);
  await link.withCluster(() => Promise.resolve());
  assert.equal(calls.filter((call) => call.startsWith("connect")).length, 2);
});

Deno.test("a connection that could not be made is made anew", async () => {
  const { link, calls } = linkTo({ unreachable: [1] });
  await assert.rejects(link.withCluster(() => Promise.resolve()));
  assert.equal(await link.withCluster(() => Promise.resolve("there")), "there");
  assert.deepEqual(calls, ["connect 1", "disconnect 1", "connect 2"]);
});

Deno.test("work goes to the partition's leader; a partition that is not there is told as the broker would", async () => {
  const { link } = linkTo();
  assert.deepEqual(await link.withLeader("t", 0, (broker) => Promise.resolve(broker)), { nodeId: 5 });
  await assert.rejects(link.withLeader("t", 1, () => Promise.resolve()), {
    type: "UNKNOWN_TOPIC_OR_PARTITION",
  });
});

Deno.test("closing disconnects what is open", async () => {
  const { link, calls } = linkTo();
  await link.withCluster(() => Promise.resolve());
  await link.close();
  assert.deepEqual(calls, ["connect 1", "disconnect 1"]);
});
