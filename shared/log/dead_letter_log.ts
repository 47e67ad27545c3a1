import type { Offset } from "@countinghouse/core";
import { type DeadLetter, decodeDeadLetter, encodeDeadLetter } from "./dead_letter.ts";
import type { Log, PartitionRange } from "./log.ts";
import { readRange } from "./read_range.ts";

/** A dead letter and where it lies. */
export interface KeptDeadLetter extends DeadLetter {
  readonly at: { readonly partition: number; readonly offset: Offset; readonly appendTimeMs: number };
}

/** Writes what the reader of a topic refuses, each record once however often it is read again. */
export interface DeadLetterWriter {
  /**
   * Writes the letters of one source partition that are not there yet, and tells how many those were. Letters come
   * in the order of their source offsets; one call at a time per partition.
   *
   * @throws why they may not be stored; writing them again is safe.
   */
  write(partition: number, letters: readonly DeadLetter[]): Promise<number>;
}

/** How far back the newest source offset is looked for; it is in the last record, unless a stranger wrote there. */
const TAIL_RECORDS = 1_000;

/** How a writer left a partition of the dead-letter topic: the newest source offset in it, and its end. */
interface Tail {
  readonly reached: number;
  readonly end: number;
}

/**
 * The dead-letter topic as a sink with the offset in the data: what is refused of source partition p goes to
 * partition p, and the source offset of its last record says what is there already. It is read when a partition is
 * first written to, and again when its end is not where this writer left it: after a write that failed, which may
 * have been stored all the same, and when the partition comes back from a worker that had it meanwhile.
 */
export function deadLetterWriter(log: Log, topic: string, signal: AbortSignal): DeadLetterWriter {
  const tails = new Map<number, Tail>();
  return {
    async write(partition, letters) {
      const range = await rangeOf(log, topic, partition);
      const left = tails.get(partition);
      const reached = left?.end === range.end
        ? left.reached
        : await newestSourceOffset(log, topic, range, signal);
      const news = letters.filter(({ source }) => source !== undefined && source.offset > reached);
      tails.delete(partition);
      if (news.length > 0) await log.append(topic, news.map((letter) => encodeDeadLetter(letter, partition)));
      const end = range.end + news.length;
      tails.set(partition, { reached: news.at(-1)?.source?.offset ?? reached, end });
      return news.length;
    },
  };
}

/** Writes what was refused at the front door to the topic's last partition, which no source partition has. */
export async function writeRefusedAtDoor(
  log: Log,
  topic: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  const last = (await log.ranges(topic)).length - 1;
  await log.append(topic, letters.map((letter) => encodeDeadLetter(letter, last)));
}

/**
 * Lists the dead letters that the topic holds now, partition by partition. A letter that two workers wrote at the
 * same time (one of them a zombie) is listed once.
 */
export async function* listDeadLetters(
  log: Log,
  topic: string,
  signal: AbortSignal,
): AsyncGenerator<KeptDeadLetter> {
  for (const range of await log.ranges(topic)) {
    let reached = -1;
    for await (const record of readRange(log, topic, range, signal)) {
      const letter = decodeDeadLetter(record);
      if (letter === undefined) continue;
      if (letter.source !== undefined) {
        if (letter.source.offset <= reached) continue;
        reached = letter.source.offset;
      }
      const { offset, appendTimeMs } = record;
      yield { ...letter, at: { partition: range.partition, offset, appendTimeMs } };
    }
  }
}

async function rangeOf(log: Log, topic: string, partition: number): Promise<PartitionRange> {
  const range = (await log.ranges(topic)).find((range) => range.partition === partition);
  if (range !== undefined) return range;
  throw new RangeError(`Cannot write to ${topic}/${partition}: there is no such partition`);
}

async function newestSourceOffset(
  log: Log,
  topic: string,
  range: PartitionRange,
  signal: AbortSignal,
): Promise<number> {
  const tail: PartitionRange = { ...range, start: Math.max(range.start, range.end - TAIL_RECORDS) as Offset };
  let reached = -1;
  for await (const record of readRange(log, topic, tail, signal)) {
    reached = Math.max(reached, decodeDeadLetter(record)?.source?.offset ?? -1);
  }
  return reached;
}
