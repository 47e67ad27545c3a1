import { type Admin, Kafka } from "kafkajs";
import { brokerList, type KafkaOptions } from "./kafkajs_cluster.ts";
import { kafkajsLogCreator } from "./kafkajs_logger.ts";

/** Asks something of the broker as an administrator, over a connection of its own. @throws when it does not answer. */
export async function withAdmin<T>(
  { bootstrapServers, clientId, logger, ssl, sasl, socketFactory }: KafkaOptions,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const kafka = new Kafka({
    brokers: brokerList(bootstrapServers),
    clientId,
    logCreator: kafkajsLogCreator(logger),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
