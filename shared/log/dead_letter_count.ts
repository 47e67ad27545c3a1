import { after, type Offset, START } from "@countinghouse/core";
import { decodeDeadLetter } from "./dead_letter.ts";
import type { Log, PartitionRange } from "./log.ts";
import { readRange } from "./read_range.ts";

/** What has been read of one partition of the dead-letter topic. */
interface PartitionCount {
  through: Offset;
  /** The newest source offset in it. */
  reached: number;
  /** Where records lie that are no letters, or repetitions of one. */
  notCounted: Offset[];
}

/**
 * How many dead letters the topic holds now. A letter that was written twice, as by a zombie at the same time as by
 * the partition's new owner, counts once; what retention has removed counts no more. Each count reads on where the
 * last one ended.
 */
export class DeadLetterCount {
  readonly #log: Log;
  readonly #topic: string;
  readonly #partitions = new Map<number, PartitionCount>();

  constructor(log: Log, topic: string) {
    this.#log = log;
    this.#topic = topic;
  }

  /** Counts; one call at a time. */
  async count(signal: AbortSignal): Promise<number> {
    let letters = 0;
    for (const range of await this.#log.ranges(this.#topic)) letters += await this.#countIn(range, signal);
    return letters;
  }

  async #countIn(range: PartitionRange, signal: AbortSignal): Promise<number> {
    const known = this.#partitions.get(range.partition);
    // A topic that is shorter than it was has been made anew.
    const count = known !== undefined && known.through <= range.end
      ? known
      : { through: START, reached: -1, notCounted: [] };
    this.#partitions.set(range.partition, count);
    const unread = { ...range, start: Math.max(range.start, count.through) as Offset };
    for await (const record of readRange(this.#log, this.#topic, unread, signal)) {
      const letter = decodeDeadLetter(record);
      const isRepeated = letter?.source !== undefined && letter.source.offset <= count.reached;
      if (letter === undefined || isRepeated) count.notCounted.push(record.offset);
      else count.reached = letter.source?.offset ?? count.reached;
      count.through = after(record.offset);
    }
    count.notCounted = count.notCounted.filter((offset) => offset >= range.start);
    return range.end - range.start - count.notCounted.length;
  }
}
