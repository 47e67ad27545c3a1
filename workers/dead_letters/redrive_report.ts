import type { KeptDeadLetter } from "@countinghouse/log";
import { letterId } from "./letter_id.ts";
import type { Outcome } from "./redrive.ts";

/** Tells what became of each letter, a line each, and of all together. */
export class RedriveReport {
  readonly #dryRun: boolean;
  readonly #counts = new Map<Outcome["kind"], number>();

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  /** Counts a letter; answers its line. */
  line({ at }: KeptDeadLetter, outcome: Outcome): string {
    this.#counts.set(outcome.kind, (this.#counts.get(outcome.kind) ?? 0) + 1);
    return `${letterId(at).padEnd(10)} ${this.#sentence(outcome)}`;
  }

  /** All letters in a line. */
  summary(): string {
    const count = (...kinds: Outcome["kind"][]) =>
      kinds.reduce((sum, kind) => sum + (this.#counts.get(kind) ?? 0), 0).toLocaleString("en-US");
    const parts = [
      `${count("sent")} ${this.#dryRun ? "would be sent" : "sent"}`,
      `${count("sent_before")} sent before`,
      `${count("refused", "cut")} still refused`,
    ];
    if (this.#counts.has("busy")) parts.push(`${count("busy")} in another run's hands`);
    if (this.#counts.has("unknown")) parts.push(`${count("unknown")} left because it can't be known`);
    return parts.join(", ");
  }

  #sentence(outcome: Outcome): string {
    switch (outcome.kind) {
      case "sent":
        return this.#dryRun ? "would be sent" : "sent";
      case "sent_before":
        return "was sent before";
      case "busy":
        return "is being sent by another run, or one broke off less than a minute ago: try again then";
      case "refused":
        return `still refused [${outcome.refusal.code}]: ${outcome.refusal.reason.replace(/\p{Cc}/gu, " ")}`;
      case "cut":
        return `still refused: only the first ${outcome.kept} of its ${outcome.of} bytes were kept; see --edit`;
      case "unknown":
        return "left: an earlier run broke off, and the log no longer tells whether it was sent";
    }
  }
}
