import { type Claim, CLAIM_MS, type RedriveBook, type RedriveState, type Verdict } from "../redrive_book.ts";

interface Entry extends Claim {
  state: RedriveState;
  expiresMs: number;
}

/** The book in memory, shared by the runs of a test; `nowMs` is the test's clock. */
export class MemoryRedriveBook implements RedriveBook {
  readonly #entries = new Map<string, Entry>();
  nowMs = 0;

  states(): Promise<ReadonlyMap<string, RedriveState>> {
    return Promise.resolve(new Map([...this.#entries].map(([id, { state }]) => [id, state])));
  }

  claim(claims: readonly Claim[]): Promise<readonly Verdict[]> {
    return Promise.resolve(claims.map((claim) => this.#claim(claim)));
  }

  confirm(letters: readonly string[]): Promise<void> {
    for (const letter of letters) this.#entries.get(letter)!.state = "sent";
    return Promise.resolve();
  }

  #claim(claim: Claim): Verdict {
    const expiresMs = this.nowMs + CLAIM_MS;
    const entry = this.#entries.get(claim.letter);
    if (entry === undefined) {
      this.#entries.set(claim.letter, { ...claim, state: "sending", expiresMs });
      return { kind: "granted" };
    }
    if (entry.state === "sent") return { kind: "sent" };
    if (entry.expiresMs > this.nowMs) return { kind: "busy" };
    entry.expiresMs = expiresMs;
    return { kind: "broken_off", ends: entry.ends };
  }
}
