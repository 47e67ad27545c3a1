import type { RefusalCode } from "@countinghouse/core";
import {
  type DeadLetterOrigin,
  decodeDeadLetter,
  type KeptDeadLetter,
  listDeadLetters,
  type Log,
  readRange,
} from "@countinghouse/log";
import { ToldError } from "@countinghouse/shared/told_error";
import { letterId, type LetterPlace } from "./letter_id.ts";

/** Which dead letters are meant; what is left out does not matter. */
export interface LetterFilter {
  readonly code?: RefusalCode;
  /** The path of the refused field; "" is the whole record. */
  readonly field?: string;
  readonly origin?: DeadLetterOrigin;
}

/** There is no dead letter where one was looked for. */
export class NoLetterError extends ToldError {
  override name = "NoLetterError";
}

/** Whether a letter is meant by a filter. */
export function matches({ refusal, origin }: KeptDeadLetter, filter: LetterFilter): boolean {
  return (filter.code === undefined || filter.code === refusal.code) &&
    (filter.field === undefined || filter.field === refusal.field) &&
    (filter.origin === undefined || filter.origin === origin);
}

/** The letters that a topic holds and a filter means, partition by partition. */
export async function* lettersThat(
  filter: LetterFilter,
  log: Log,
  topic: string,
  signal: AbortSignal,
): AsyncGenerator<KeptDeadLetter> {
  for await (const letter of listDeadLetters(log, topic, signal)) if (matches(letter, filter)) yield letter;
}

/** The letter at a place. @throws {NoLetterError} when there is none. */
export async function letterAt(
  place: LetterPlace,
  log: Log,
  topic: string,
  signal: AbortSignal,
): Promise<KeptDeadLetter> {
  const { partition, offset } = place;
  const range = (await log.ranges(topic)).find((range) => range.partition === partition);
  if (range === undefined) {
    throw new NoLetterError(`Cannot find dead letter ${letterId(place)}: ${topic} has no such partition`);
  }
  if (offset < range.start || offset >= range.end) {
    throw new NoLetterError(
      `Cannot find dead letter ${
        letterId(place)
      }: its partition holds offsets from ${range.start} to below ${range.end}`,
    );
  }
  for await (const record of readRange(log, topic, { ...range, start: offset }, signal)) {
    const letter = record.offset === offset ? decodeDeadLetter(record) : undefined;
    if (letter === undefined) break;
    return { ...letter, at: { partition, offset, appendTimeMs: record.appendTimeMs } };
  }
  throw new NoLetterError(`Cannot find dead letter ${letterId(place)}: the record there is none`);
}
