import type { MinuteChange, Offset, StoredWindow } from "@countinghouse/core";
import type { DeadLetterWriter, Sink, SinkBatch, SnapshotStore } from "@countinghouse/log";

/** A sink of minutes that keeps snapshots and can read its minutes back. */
export type MinuteSink = Required<Sink<MinuteChange, StoredWindow>>;

/**
 * Writes refused records to the dead letters, then the minutes: when the books say that a record was dead-lettered,
 * it can be looked up.
 */
export class RollupSink implements MinuteSink {
  readonly #topic: string;
  readonly #minutes: MinuteSink;
  readonly #deadLetters: DeadLetterWriter;

  constructor(topic: string, minutes: MinuteSink, deadLetters: DeadLetterWriter) {
    this.#topic = topic;
    this.#minutes = minutes;
    this.#deadLetters = deadLetters;
  }

  get snapshots(): SnapshotStore {
    return this.#minutes.snapshots;
  }

  position(partition: number): Promise<Offset> {
    return this.#minutes.position(partition);
  }

  load(partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, StoredWindow>> {
    return this.#minutes.load(partition, keys);
  }

  async write(batch: SinkBatch<MinuteChange>): Promise<void> {
    const { partition, change } = batch;
    if (change.refused.length > 0) {
      const letters = change.refused.map(({ record: { key, value, offset }, refusal }) => ({
        key,
        value,
        refusal,
        origin: "rollup" as const,
        source: { topic: this.#topic, partition, offset },
      }));
      await this.#deadLetters.write(partition, letters);
    }
    await this.#minutes.write(batch);
  }
}
