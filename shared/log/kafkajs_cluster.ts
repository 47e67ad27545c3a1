import type { KafkaConfig } from "kafkajs";
import KafkajsCluster from "kafkajs/src/cluster/index.js";
import KafkajsRequestQueue from "kafkajs/src/network/requestQueue/index.js";
import createSocketFactory from "kafkajs/src/network/socketFactory.js";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import type { Logger } from "@countinghouse/shared/telemetry";
import type { Exchange } from "./kafkajs_exchange.ts";
import { kafkajsLogger } from "./kafkajs_logger.ts";

/** How to reach Kafka or Redpanda. */
export interface KafkaOptions extends Pick<KafkaConfig, "ssl" | "sasl" | "socketFactory"> {
  /** host:port, several with commas between. */
  readonly bootstrapServers: string;
  /** The name that the broker's own logs and quotas know this client by. */
  readonly clientId: string;
  readonly logger: Logger;
}

/**
 * What is used of kafkajs's internals: finding leaders, and connections that speak TLS and SASL. Its public
 * consumer can't be told a partition and an offset without a consumer group, and positions live in the sinks here.
 * These names are not part of its public API; that is safe because the version is pinned and unmaintained, so it
 * won't change.
 */
export interface Cluster {
  connect(): Promise<void>;
  /** Waits for the requests under way, then closes. */
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(node: { readonly nodeId: number }): Promise<Broker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<Broker>;
  fetchTopicsOffset(topics: readonly TopicOffsetsQuery[]): Promise<readonly TopicOffsets[]>;
}

interface TopicOffsetsQuery {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
  /** The oldest offsets where true, the next ones to be appended where false. */
  readonly fromBeginning: boolean;
}

interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

/** A connected broker. */
export interface Broker {
  readonly connectionPool: {
    /** Fetches have a TCP connection of their own; all else shares another. Answers come in order on each. */
    send<Answer>(exchange: Exchange<Answer>): Promise<Answer>;
  };
  initProducerId(options: { readonly transactionTimeout: number }): Promise<{
    readonly producerId: string;
    readonly producerEpoch: number;
  }>;
  offsetCommit(options: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
}

interface ClusterConstructor {
  new (options: Record<string, unknown>): Cluster;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const READ_UNCOMMITTED = 0;
/** A broker that is silent for so long is taken for gone. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 3_000;

/** A connection to a cluster that gives up at the first failure: whoever uses it decides about trying again. */
export function createCluster(options: KafkaOptions): Cluster {
  const { bootstrapServers, clientId, logger, ssl, sasl, socketFactory = createSocketFactory() } = options;
  const Cluster = KafkajsCluster as unknown as ClusterConstructor;
  return new Cluster({
    brokers: brokerList(bootstrapServers),
    clientId,
    ssl,
    sasl,
    logger: kafkajsLogger(logger),
    socketFactory,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    // The end of a partition is where the next record goes, whether or not a transaction is open.
    isolationLevel: READ_UNCOMMITTED,
    retry: { retries: 0 },
  });
}

/** The addresses of a comma-separated list. */
export function brokerList(bootstrapServers: string): string[] {
  return bootstrapServers.split(",").map((address) => address.trim()).filter((address) => address !== "");
}

/** What a broker refused a request with. */
export interface ProtocolError extends Error {
  /** As in https://kafka.apache.org/protocol#protocol_error_codes, such as "MESSAGE_TOO_LARGE". */
  readonly type: string;
  readonly retriable: boolean;
}

/** The error for a code of the protocol other than 0. */
export function protocolError(code: number): ProtocolError {
  return createErrorFromCode(code) as ProtocolError;
}

/**
 * The type of the protocol error that an error is or was caused by; undefined for any other error, such as a lost
 * connection.
 */
export function protocolErrorType(error: unknown): string | undefined {
  const { type } = rootCause(error) as Partial<ProtocolError>;
  return typeof type === "string" ? type : undefined;
}

/** Whether trying again can help: the connection was lost, a leader moved, a broker is starting. */
export function isTransient(error: unknown): boolean {
  const cause = rootCause(error);
  if (!(cause instanceof Error) || !cause.name.startsWith("KafkaJS")) return false;
  if (cause.name === "KafkaJSSASLAuthenticationError") return false;
  return protocolErrorType(cause) === undefined || (cause as ProtocolError).retriable;
}

/** kafkajs wraps what it has tried in vain. */
function rootCause(error: unknown): unknown {
  const wrapped = error instanceof Error && error.name.startsWith("KafkaJSN") && error.cause;
  return wrapped ? rootCause(wrapped) : error;
}

/**
 * kafkajs 2.2.4 sets a timer with a negative delay after every answer, for which the runtime prints a
 * TimeoutNegativeWarning. The timer is of use only while requests are waiting, and then its delay is positive.
 */
function scheduleOnlyWhilePending(): void {
  const queue = (KafkajsRequestQueue as unknown as { prototype: RequestQueue }).prototype;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}

scheduleOnlyWhilePending();
