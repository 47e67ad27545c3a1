import { type Offset, offset } from "@countinghouse/core";

/** Where a dead letter lies in its topic. */
export interface LetterPlace {
  readonly partition: number;
  readonly offset: Offset;
}

/** A dead letter's name on the command line, in headers and in the hot store: "partition:offset". */
export function letterId({ partition, offset }: LetterPlace): string {
  return `${partition}:${offset}`;
}

/** Reads {@link letterId} back; undefined when the text is no such name. */
export function parseLetterId(text: string): LetterPlace | undefined {
  const [, partition, at] = /^(\d{1,9}):(\d{1,15})$/.exec(text) ?? [];
  if (partition === undefined || at === undefined) return undefined;
  return { partition: Number(partition), offset: offset(at) };
}
