import type { logCreator } from "kafkajs";
import type { Logger } from "@countinghouse/shared/telemetry";

/** The shape in which kafkajs's inner parts want their logger. */
export interface KafkajsLogger {
  namespace(): KafkajsLogger;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Sends all that kafkajs says to our debug level. It reports every refused connection of every attempt as an
 * error; what a user should know comes from {@link Outage}, once, and from the errors thrown.
 */
export function kafkajsLogger(logger: Logger): KafkajsLogger {
  const say = (message: string) => logger.debug(`kafkajs: ${message}`);
  const quiet: KafkajsLogger = { namespace: () => quiet, debug() {}, info: say, warn: say, error: say };
  return quiet;
}

/** {@link kafkajsLogger} for kafkajs's public client. */
export function kafkajsLogCreator(logger: Logger): logCreator {
  return () => ({ log }) => logger.debug(`kafkajs: ${log.message}`);
}
