/**
 * The log behind a port of three methods, its Kafka client, and the pump that drives a fold from it into a sink.
 *
 * @module
 */
export * from "./log.ts";
export * from "./sink.ts";
