import type { EnginePlace } from "./engine.ts";

/** An event may have 1 MiB; room for one that is refused for being longer, so that it reaches the dead letters. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;

/** `server.properties` of a single KRaft node that is broker and controller in one, on this machine only. */
export function serverProperties(place: EnginePlace): string {
  return properties({
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${place.innerPort}`,
    "controller.listener.names": "CONTROLLER",
    "listeners": `PLAINTEXT://127.0.0.1:${place.port},CONTROLLER://127.0.0.1:${place.innerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${place.port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": `${place.dataDir}/log`,
    // Topics are created on purpose, with their settings, never by a typing error.
    "auto.create.topics.enable": false,
    // One node: every internal topic has one replica, and few partitions for a quick start.
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    // A worker that comes back gets its partitions at once.
    "group.initial.rebalance.delay.ms": 0,
    // After a crash the controller waits for the old session to expire before it lets the broker in again: 9 s by default.
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 500,
    "message.max.bytes": MOST_MESSAGE_BYTES,
    "replica.fetch.max.bytes": MOST_MESSAGE_BYTES,
    // By default 128 MB of the heap, for compacted topics, of which there are only small ones.
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
  });
}

/** Kafka says what goes wrong, and that it has started; to its standard output, which the supervisor writes down. */
export function log4jProperties(): string {
  return properties({
    "status": "error",
    "appender.out.type": "Console",
    "appender.out.name": "OUT",
    "appender.out.layout.type": "PatternLayout",
    "appender.out.layout.pattern": "%d{yyyy-MM-dd'T'HH:mm:ss.SSSX}{UTC} %p %m (%c{1})%n",
    "rootLogger.level": "warn",
    "rootLogger.appenderRef.out.ref": "OUT",
    "logger.start.name": "kafka.server.KafkaRaftServer",
    "logger.start.level": "info",
  });
}

function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values).map(([name, value]) => `${name}=${value}\n`).join("");
}
