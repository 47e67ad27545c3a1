import type { Settings } from "@countinghouse/shared/config";
import type { Logger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { createKafkaLog, type KafkaLog } from "./kafka_log.ts";
import { ensureTopics } from "./topics.ts";

/**
 * The log for a command that a person started, with its topics made.
 *
 * @throws {ToldError} when Kafka does not answer.
 */
export async function openLog(
  clientId: string,
  bootstrapServers: string,
  topics: Settings["topics"],
  logger: Logger,
): Promise<KafkaLog> {
  const kafka = { bootstrapServers, clientId, logger };
  try {
    await ensureTopics(kafka, topics);
  } catch (error) {
    throw new ToldError(`Cannot reach Kafka at ${bootstrapServers}: ${(error as Error).message}`);
  }
  return createKafkaLog(kafka);
}
