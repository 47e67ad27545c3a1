import { type Broker, type Cluster, isTransient, protocolError } from "./kafkajs_cluster.ts";

const UNKNOWN_TOPIC_OR_PARTITION = 3;

/**
 * A connection to the cluster that is replaced, not repaired, when it fails: the next use opens a new one, which
 * asks anew who leads what. So there is one path for a lost connection, a moved leader and a restarted broker.
 */
export class KafkaLink {
  readonly #create: () => Cluster;
  readonly #disconnects = new Set<Promise<void>>();
  #current: Promise<Cluster> | undefined;

  constructor(create: () => Cluster) {
    this.#create = create;
  }

  /** Does some work with the cluster. @throws what the work throws, or why there is no connection. */
  async withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const current = this.#current ??= this.#connect();
    try {
      return await work(await current);
    } catch (error) {
      if (isTransient(error)) this.#discard(current);
      throw error;
    }
  }

  /** Does some work with the broker that leads a partition. */
  withLeader<T>(topic: string, partition: number, work: (broker: Broker) => Promise<T>): Promise<T> {
    return this.withCluster(async (cluster) => {
      await cluster.addTargetTopic(topic);
      const found = cluster.findTopicPartitionMetadata(topic).find((known) =>
        known.partitionId === partition
      );
      if (found === undefined) throw protocolError(UNKNOWN_TOPIC_OR_PARTITION);
      return await work(await cluster.findBroker({ nodeId: found.leader }));
    });
  }

  /** Closes the connection once what is under way on it has been answered. */
  async close(): Promise<void> {
    if (this.#current) this.#discard(this.#current);
    await Promise.all(this.#disconnects);
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.#create();
    try {
      await cluster.connect();
      return cluster;
    } catch (error) {
      await cluster.disconnect();
      throw error;
    }
  }

  #discard(broken: Promise<Cluster>): void {
    if (this.#current === broken) this.#current = undefined;
    const closed = broken.then((cluster) => cluster.disconnect()).catch(() => {});
    this.#disconnects.add(closed);
    closed.finally(() => this.#disconnects.delete(closed));
  }
}
