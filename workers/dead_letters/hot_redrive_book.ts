import { type Collection, type Db, MongoBulkWriteError } from "mongodb";
import type { Offset } from "@countinghouse/core";
import { type Claim, CLAIM_MS, type RedriveBook, type RedriveState, type Verdict } from "./redrive_book.ts";

/** A letter that was taken in hand: collection `redriven`. */
interface RedrivenDocument {
  /** The letter's partition:offset in the dead-letter topic. */
  readonly _id: string;
  readonly state: RedriveState;
  /** Which run has, or had, it in hand, and how long nobody else may. */
  readonly run: string;
  readonly expires: Date;
  readonly ends: readonly number[];
  readonly event_id: string;
  readonly edited: boolean;
}

const DUPLICATE_KEY = 11_000;

/** The book in the hot store: a claim is an insert, which the unique `_id` grants to one run only. */
export class HotRedriveBook implements RedriveBook {
  readonly #redriven: Collection<RedrivenDocument>;
  readonly #run = crypto.randomUUID();
  readonly #nowMs: () => number;

  constructor(database: Db, nowMs: () => number) {
    this.#redriven = database.collection("redriven");
    this.#nowMs = nowMs;
  }

  async states(): Promise<ReadonlyMap<string, RedriveState>> {
    const found = await this.#redriven.find({}, { projection: { state: 1 } }).toArray();
    return new Map(found.map(({ _id, state }) => [_id, state]));
  }

  async claim(claims: readonly Claim[]): Promise<readonly Verdict[]> {
    const taken = await this.#insert(claims);
    return await Promise.all(
      claims.map((claim, at) => taken.has(at) ? this.#takeOver(claim.letter) : { kind: "granted" as const }),
    );
  }

  async confirm(letters: readonly string[]): Promise<void> {
    await this.#redriven.updateMany({ _id: { $in: [...letters] } }, { $set: { state: "sent" } });
  }

  /** Inserts the claims; answers the places of those that are there already. */
  async #insert(claims: readonly Claim[]): Promise<ReadonlySet<number>> {
    const documents = claims.map(({ letter, eventId, edited, ends }): RedrivenDocument => ({
      _id: letter,
      state: "sending",
      run: this.#run,
      expires: this.#expiry(),
      ends,
      event_id: eventId,
      edited,
    }));
    try {
      await this.#redriven.insertMany(documents, { ordered: false });
      return new Set();
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const errors = [error.writeErrors].flat();
      if (!errors.every(({ code }) => code === DUPLICATE_KEY)) throw error;
      return new Set(errors.map(({ index }) => index));
    }
  }

  async #takeOver(letter: string): Promise<Verdict> {
    const left = await this.#redriven.findOneAndUpdate(
      { _id: letter, state: "sending", expires: { $lte: new Date(this.#nowMs()) } },
      { $set: { run: this.#run, expires: this.#expiry() } },
      { returnDocument: "after" },
    );
    if (left !== null) return { kind: "broken_off", ends: left.ends as readonly Offset[] };
    const held = await this.#redriven.findOne({ _id: letter });
    if (held?.state === "sent") return { kind: "sent" };
    // The driver repeats an insert whose reply was lost, and then meets its own.
    return held?.run === this.#run ? { kind: "granted" } : { kind: "busy" };
  }

  #expiry(): Date {
    return new Date(this.#nowMs() + CLAIM_MS);
  }
}
