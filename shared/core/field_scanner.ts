import type { EventTimeMs } from "./event_time.ts";
import { plainEventTime } from "./event_time.ts";
import { LONGEST_ID_CHARACTERS } from "./field_reader.ts";
import { InternTable } from "./intern_table.ts";
import { FALSE, JsonCursor, TRUE } from "./json_cursor.ts";
import { type CurrencyCode, parseCurrency } from "./money.ts";

/**
 * Reads the names and values of fields from the bytes of an event: what {@link FieldReader} is to parsed JSON. What
 * that might refuse, or read in another way, puts the cursor in doubt.
 */
export class FieldScanner {
  readonly cursor = new JsonCursor();
  readonly #texts = new InternTable();
  readonly #names: InternTable;
  /** Each name as it stands in JSON without whitespace. */
  readonly #spelled: readonly Uint8Array[];
  /** The name read last, and for each name the one that came behind it the last time. */
  #last = 0;
  readonly #next: Uint8Array;
  #bytes: Uint8Array = new Uint8Array();

  /** @param names The fields that have a meaning, at most 31. */
  constructor(names: readonly string[]) {
    this.#names = InternTable.of(names);
    this.#spelled = names.map((name) => new TextEncoder().encode(`"${name}":`));
    this.#next = new Uint8Array(names.length);
  }

  /** Begins an event. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.cursor.begin(bytes);
  }

  /**
   * The name of a field by its place in the list; -1 for another. Producers write their fields in the same order
   * again and again, so the name that came next the last time is looked for first.
   */
  name(): number {
    const cursor = this.cursor;
    const guess = this.#next[this.#last]!;
    let number = guess;
    if (!cursor.pass(this.#spelled[guess]!)) {
      cursor.name();
      number = this.#names.find(this.#bytes, cursor.from, cursor.to, cursor.low);
      if (number < 0) return -1;
      this.#next[this.#last] = number;
    }
    return this.#last = number;
  }

  /** Whether there is a text, which is then at hand; where it is absent there is none. */
  isText(): boolean {
    return this.cursor.optionalText();
  }

  /** The text that was read last. */
  textAtHand(): string {
    const { from, to, low } = this.cursor;
    return this.#texts.text(this.#bytes, from, to, low);
  }

  /** A text, or undefined. */
  text(): string | undefined {
    return this.isText()
      ? this.#texts.text(this.#bytes, this.cursor.from, this.cursor.to, this.cursor.low)
      : undefined;
  }

  /** Whether there is an id, which is then at hand. */
  id(): boolean {
    const cursor = this.cursor;
    if (!this.isText()) return false;
    if (cursor.to - cursor.from <= LONGEST_ID_CHARACTERS) return true;
    cursor.doubt();
    return false;
  }

  /** Whether there is an id, as there has to be. */
  requiredId(): boolean {
    const isThere = this.id();
    if (!isThere) this.cursor.doubt();
    return isThere;
  }

  /** A time in its plain form. */
  time(): EventTimeMs {
    const { cursor } = this;
    const isThere = this.isText();
    const { from, to } = cursor;
    const timeMs = isThere && to - from === 24 ? plainEventTime(this.#bytes, from) : undefined;
    if (timeMs === undefined) cursor.doubt();
    return timeMs ?? 0 as EventTimeMs;
  }

  /** A currency, or undefined. */
  currency(): CurrencyCode | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const currency = parseCurrency(text);
    if (currency === undefined) this.cursor.doubt();
    return currency;
  }

  /** true, false or undefined. */
  flag(): boolean | undefined {
    const cursor = this.cursor;
    if (cursor.absent()) return undefined;
    if (cursor.pass(TRUE)) return true;
    if (!cursor.pass(FALSE)) cursor.doubt();
    return false;
  }

  /** A number that is sure to be exact, or undefined. */
  number(): number | undefined {
    const cursor = this.cursor;
    if (cursor.absent()) return undefined;
    const value = cursor.number();
    if (Number.isNaN(value)) cursor.doubt();
    return value;
  }
}
