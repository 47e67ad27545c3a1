import { decodeEvent, type Offset, partitionKey, type Refusal } from "@countinghouse/core";
import { type KeptDeadLetter, type Log, type NewRecord, readRange } from "@countinghouse/log";
import { letterId } from "./letter_id.ts";
import type { Claim, RedriveBook, Verdict } from "./redrive_book.ts";

/** The header by which an event in the log says which letter it was: "partition:offset". */
export const REDRIVEN_HEADER = "redriven";

/** So many letters are taken in hand and appended together. */
const LETTERS_AT_ONCE = 100;

/** What became of a letter. */
export type Outcome =
  | { readonly kind: "sent" }
  /** It was sent by an earlier run. */
  | { readonly kind: "sent_before" }
  /** Another run is sending it, or was broken off less than a minute ago. */
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Only the beginning of its bytes was kept. */
  | { readonly kind: "cut"; readonly kept: number; readonly of: number }
  /** An earlier run was broken off, and the log no longer holds what it may have appended. */
  | { readonly kind: "unknown" };

/** What letters are sent again with. */
export interface RedriveOptions {
  readonly log: Log;
  /** The events topic. */
  readonly topic: string;
  readonly book: RedriveBook;
  /** The bytes that take the place of a letter's. */
  readonly edit?: Uint8Array;
  /** Only say what would be sent. */
  readonly dryRun: boolean;
  readonly tell: (letter: KeptDeadLetter, outcome: Outcome) => void;
}

interface Sendable {
  readonly letter: KeptDeadLetter;
  readonly eventId: string;
  readonly record: NewRecord;
}

/**
 * Appends to the log what is an event now among the letters, each letter once, whoever runs this and however often:
 * a letter is claimed in the book before it is appended and confirmed afterwards, and a claim that was broken off
 * between the two is looked up in the log.
 *
 * @throws when the log or the book fails. Running it again is safe.
 */
export async function redrive(
  letters: AsyncIterable<KeptDeadLetter>,
  options: RedriveOptions,
  signal: AbortSignal,
): Promise<void> {
  let batch: Sendable[] = [];
  for await (const letter of letters) {
    const decoded = sendable(letter, options.edit);
    if ("kind" in decoded) options.tell(letter, decoded);
    else batch.push(decoded);
    if (batch.length < LETTERS_AT_ONCE) continue;
    await send(batch, options, signal);
    batch = [];
    if (signal.aborted) return;
  }
  if (batch.length > 0) await send(batch, options, signal);
}

/** The event that a letter is, or why it is none. */
function sendable(letter: KeptDeadLetter, edit: Uint8Array | undefined): Sendable | Outcome {
  const value = edit ?? letter.value;
  // It can be read; its sender had no leave to send it for that store, and has none now.
  if (edit === undefined && letter.refusal.code === "wrong_store") {
    return { kind: "refused", refusal: letter.refusal };
  }
  if (edit === undefined && letter.valueBytes !== undefined) {
    return { kind: "cut", kept: value?.length ?? 0, of: letter.valueBytes };
  }
  const decoded = decodeEvent(value);
  if (!decoded.ok) return { kind: "refused", refusal: decoded.refusal };
  const { storeId, userId, eventId } = decoded.value;
  const headers = { [REDRIVEN_HEADER]: letterId(letter.at) };
  return { letter, eventId, record: { key: partitionKey(storeId, userId), value, headers } };
}

async function send(batch: readonly Sendable[], options: RedriveOptions, signal: AbortSignal): Promise<void> {
  const { log, topic, book, tell } = options;
  if (options.dryRun) {
    const states = await book.states();
    for (const { letter } of batch) {
      tell(letter, { kind: states.get(letterId(letter.at)) === "sent" ? "sent_before" : "sent" });
    }
    return;
  }
  const ends = (await log.ranges(topic)).map(({ end }) => end);
  const verdicts = await book.claim(batch.map((one) => claimOf(one, options.edit !== undefined, ends)));
  const found = await lookUp(batch, verdicts, options, signal);
  const outcomes = batch.map(({ letter }, at) => outcomeOf(verdicts[at]!, found.get(letterId(letter.at))));
  const inLog = batch.filter((_, at) => outcomes[at]!.kind === "sent");
  const fresh = inLog.filter(({ letter }) => found.get(letterId(letter.at)) !== "there");
  if (fresh.length > 0) await log.append(topic, fresh.map(({ record }) => record));
  await book.confirm(inLog.map(({ letter }) => letterId(letter.at)));
  batch.forEach(({ letter }, at) => tell(letter, outcomes[at]!));
}

function claimOf({ letter, eventId }: Sendable, edited: boolean, ends: readonly Offset[]): Claim {
  return { letter: letterId(letter.at), eventId, edited, ends };
}

function outcomeOf(verdict: Verdict, found: Found | undefined): Outcome {
  switch (verdict.kind) {
    case "granted":
      return { kind: "sent" };
    case "sent":
      return { kind: "sent_before" };
    case "busy":
      return { kind: "busy" };
    case "broken_off":
      return { kind: found === "gone" ? "unknown" : "sent" };
  }
}

/** Whether the log holds what a broken-off run may have appended; "gone" when retention has removed that stretch. */
type Found = "there" | "missing" | "gone";

/** Looks the letters of broken-off runs up in the log. */
async function lookUp(
  batch: readonly Sendable[],
  verdicts: readonly Verdict[],
  { log, topic }: RedriveOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  const sought = batch.flatMap(({ letter }, at) => {
    const verdict = verdicts[at]!;
    return verdict.kind === "broken_off" ? [{ id: letterId(letter.at), ends: verdict.ends }] : [];
  });
  if (sought.length === 0) return found;
  const ranges = await log.ranges(topic);
  for (const { id, ends } of sought) {
    found.set(id, ranges.some(({ start }, at) => start > (ends[at] ?? 0)) ? "gone" : "missing");
  }
  for (const [at, range] of ranges.entries()) {
    const start = Math.max(range.start, Math.min(...sought.map(({ ends }) => ends[at] ?? 0))) as Offset;
    for await (const { headers } of readRange(log, topic, { ...range, start }, signal)) {
      const id = headers[REDRIVEN_HEADER];
      if (id !== undefined && found.has(id)) found.set(id, "there");
    }
  }
  return found;
}
