import type { Offset } from "@countinghouse/core";
import type { Cluster } from "./kafkajs_cluster.ts";

/** The protocol's words for a commit by one who is no member of the group. */
const NO_GENERATION = -1;
const NO_MEMBER = "";

/**
 * Commits positions under a group's name, so that lag tools (`kafka-consumer-groups --describe`, Redpanda Console)
 * show how far a worker is. Nothing here reads them back: positions live in the sinks.
 *
 * @throws {ProtocolError} when the broker refuses, as it does while the group has members.
 */
export async function commitOffsets(
  cluster: Cluster,
  group: string,
  topic: string,
  positions: ReadonlyMap<number, Offset>,
): Promise<void> {
  await cluster.addTargetTopic(topic);
  const coordinator = await cluster.findGroupCoordinator({ groupId: group });
  const partitions = [...positions].map(([partition, through]) => ({ partition, offset: String(through) }));
  await coordinator.offsetCommit({
    groupId: group,
    groupGenerationId: NO_GENERATION,
    memberId: NO_MEMBER,
    topics: [{ topic, partitions }],
  });
}
