import type { Offset } from "@countinghouse/core";

/** What became of a letter that was taken in hand: being sent (or broken off at that), or in the log. */
export type RedriveState = "sending" | "sent";

/** A letter that is about to be sent again. */
export interface Claim {
  /** See {@link letterId}. */
  readonly letter: string;
  readonly eventId: string;
  /** Whether its bytes were replaced. */
  readonly edited: boolean;
  /** The end of each events partition, read before the claim: the event can't lie below. */
  readonly ends: readonly Offset[];
}

/** Whether a claimed letter may be sent. */
export type Verdict =
  | { readonly kind: "granted" }
  | { readonly kind: "sent" }
  /** Another run has it in hand. */
  | { readonly kind: "busy" }
  /** An earlier run had it in hand and was broken off: it is in the log at or behind these ends, or not at all. */
  | { readonly kind: "broken_off"; readonly ends: readonly Offset[] };

/** Remembers which letters were sent again, for all runs at any time. */
export interface RedriveBook {
  /** Every letter that was ever taken in hand. */
  states(): Promise<ReadonlyMap<string, RedriveState>>;

  /** Takes letters in hand, one verdict each. A granted or broken-off one is this run's for {@link CLAIM_MS}. */
  claim(claims: readonly Claim[]): Promise<readonly Verdict[]>;

  /** Notes that letters are in the log. */
  confirm(letters: readonly string[]): Promise<void>;
}

/**
 * How long a claim holds without an answer. Longer than an append is tried, so that what a run that died had under
 * way is in the log, or never will be, when the next one looks.
 */
export const CLAIM_MS = 60_000;
