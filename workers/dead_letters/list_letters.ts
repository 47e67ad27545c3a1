import type { KeptDeadLetter } from "@countinghouse/log";
import { letterId } from "./letter_id.ts";
import { LetterSummary } from "./letter_summary.ts";
import type { RedriveState } from "./redrive_book.ts";

/** How letters are listed. */
export interface Listing {
  /** The newest so many, by append time; undefined is all, as they come. */
  readonly limit: number | undefined;
  /** What became of letters, by id. */
  readonly states: ReadonlyMap<string, RedriveState>;
  readonly show: (letter: KeptDeadLetter, state: RedriveState | undefined) => void;
}

/** Shows letters, the newest last, and answers the summary of all, shown or not. */
export async function listLetters(
  letters: AsyncIterable<KeptDeadLetter>,
  { limit, states, show }: Listing,
): Promise<LetterSummary> {
  const summary = new LetterSummary();
  const stateOf = ({ at }: KeptDeadLetter) => states.get(letterId(at));
  let held: KeptDeadLetter[] = [];
  for await (const letter of letters) {
    summary.add(letter, stateOf(letter));
    if (limit === undefined) {
      show(letter, stateOf(letter));
      continue;
    }
    held.push(letter);
    if (held.length >= 2 * limit) held = newest(held, limit);
  }
  for (const letter of newest(held, limit ?? 0)) show(letter, stateOf(letter));
  return summary;
}

/** The newest letters, oldest of them first. */
function newest(letters: readonly KeptDeadLetter[], limit: number): KeptDeadLetter[] {
  return letters.toSorted((a, b) => b.at.appendTimeMs - a.at.appendTimeMs || b.at.offset - a.at.offset)
    .slice(0, limit).reverse();
}
