/**
 * The log behind a port of three methods, its Kafka client, and the pump that drives a fold from it into a sink.
 *
 * @module
 */
export * from "./assignment.ts";
export * from "./log.ts";
export * from "./sink.ts";
export * from "./pump.ts";
export * from "./pumps.ts";
export * from "./retry.ts";
export { createKafkaLog, type KafkaLog, type KafkaLogOptions } from "./kafka_log.ts";
export type { KafkaOptions } from "./kafkajs_cluster.ts";
export * from "./topics.ts";
export * from "./topic_retention.ts";
export * from "./dead_letter.ts";
export * from "./dead_letter_count.ts";
export * from "./dead_letter_log.ts";
export * from "./open_log.ts";
export * from "./read_range.ts";
export * from "./memory_log.ts";
export { partitionOf } from "./partitioner.ts";
