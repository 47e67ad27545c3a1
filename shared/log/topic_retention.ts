import { ConfigResourceTypes } from "kafkajs";
import { withAdmin } from "./kafkajs_admin.ts";
import type { KafkaOptions } from "./kafkajs_cluster.ts";

/** A record is removed with its segment: once the newest one in it is old enough, and it may fill for a while. */
const RETENTION = "retention.ms";
const SEGMENT = "segment.ms";

/**
 * How long after its append each topic keeps a record at most, in milliseconds, by the broker's own settings;
 * undefined where it is kept for ever.
 *
 * @throws {Error} when the broker does not answer, or does not know a topic.
 */
export async function readLongestKept(
  options: KafkaOptions,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number | undefined>> {
  return await withAdmin(options, async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: [RETENTION, SEGMENT],
      })),
    });
    return new Map(resources.map(({ resourceName, configEntries }) => {
      const values = new Map(
        configEntries.map(({ configName, configValue }) => [configName, Number(configValue)]),
      );
      const retentionMs = values.get(RETENTION) ?? -1;
      return [resourceName, retentionMs < 0 ? undefined : retentionMs + (values.get(SEGMENT) ?? 0)] as const;
    }));
  });
}
