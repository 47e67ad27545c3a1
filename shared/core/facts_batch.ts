import { decodeEvent } from "./decode_event.ts";
import { EventFacts } from "./event_facts.ts";
import { EventScanner } from "./event_scanner.ts";
import type { LogRecord, RecordBatch } from "./log_record.ts";
import type { Refusal } from "./refusal.ts";

/** The facts of the records of one batch, each read once; what they are kept in is used again for the next batch. */
export class FactsBatch {
  readonly #scanner = new EventScanner();
  readonly #facts: EventFacts[] = [];
  readonly #refusals: (Refusal | undefined)[] = [];
  #batch: RecordBatch | undefined;

  /** Reads a batch, unless it is the one that was read last. */
  read(batch: RecordBatch): void {
    if (this.#batch === batch) return;
    this.#batch = batch;
    const { records } = batch;
    while (this.#facts.length < records.length) this.#facts.push(new EventFacts());
    for (let at = 0; at < records.length; at++) {
      this.#refusals[at] = this.#read(records[at]!, this.#facts[at]!);
    }
  }

  /** Lets go of the batch. */
  done(): void {
    this.#batch = undefined;
  }

  /** The facts of a record by its place in the batch; void where it was refused. */
  facts(at: number): EventFacts {
    return this.#facts[at]!;
  }

  /** Why a record was refused; undefined when it was not. */
  refusal(at: number): Refusal | undefined {
    return this.#refusals[at];
  }

  #read({ value, event }: LogRecord, facts: EventFacts): Refusal | undefined {
    if (event !== undefined) {
      facts.take(event);
      return undefined;
    }
    if (value !== null && this.#scanner.scan(value, facts)) return undefined;
    const decoded = decodeEvent(value);
    if (!decoded.ok) return decoded.refusal;
    facts.take(decoded.value);
    return undefined;
  }
}
