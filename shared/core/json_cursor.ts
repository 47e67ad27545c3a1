import { HIGH_FACTOR, HIGH_SEED, LOW_FACTOR, LOW_SEED } from "./hash64.ts";
import { utf8SequenceBytes } from "./utf8.ts";

/** What opens an object; what closes it is two further. */
export const BRACE = 123;
/** What opens an array; what closes it is two further. */
export const BRACKET = 91;
const END = -1;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const CAPITAL_E = 69;
const BACKSLASH = 92;
const SMALL_E = 101;

/** The deepest value that is passed over; JSON that nests deeper is in doubt. */
const DEEPEST = 16;
/** So many digits are exact in a JavaScript number, and so is their quotient by a power of ten, rounded once. */
const SURE_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: SURE_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/**
 * Walks over the UTF-8 bytes of a JSON text without making anything of them. It knows plain JSON only: where it is
 * not sure (an escape, an exponent, a wrong byte), it is in doubt, and stays so. Whoever uses it then asks a
 * complete parser; what it takes without doubt, JSON.parse takes too, with the same meaning.
 */
export class JsonCursor {
  #bytes: Uint8Array = new Uint8Array();
  /** The position of the next read. */
  #at = 0;
  #sure = true;
  /** Where the text read last begins, behind its quote. */
  from = 0;
  /** Where the text read last ends, before its quote. */
  to = 0;
  /** The bytes of the text read last, mixed for {@link Hash64.ofMixed}. */
  low = 0;
  high = 0;

  /** Begins at the first byte of a text. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#sure = true;
  }

  /** Whether everything so far was plain JSON. */
  get sure(): boolean {
    return this.#sure;
  }

  /** Whether all of it was, and nothing is left. */
  get ended(): boolean {
    return this.#sure && this.peek() === END;
  }

  /** Gives up: there is something here that a complete parser has to judge. */
  doubt(): void {
    this.#sure = false;
    this.#at = this.#bytes.length;
  }

  /** Goes on to the next byte that is not whitespace and answers it; -1 at the end. */
  peek(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte > 32 || (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9)) {
        this.#at = at;
        return byte;
      }
    }
    this.#at = at;
    return END;
  }

  /** Begins an object or an array: answers whether there is anything in it. */
  enter(open: typeof BRACE | typeof BRACKET): boolean {
    if (this.peek() !== open) {
      this.doubt();
      return false;
    }
    this.#at++;
    if (this.peek() !== open + 2) return this.#sure;
    this.#at++;
    return false;
  }

  /** Behind a value in an object or an array: answers whether another one follows. */
  more(open: typeof BRACE | typeof BRACKET): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== open + 2) {
      this.doubt();
      return false;
    }
    this.#at++;
    return byte === COMMA;
  }

  /** Reads the name of a field, and the colon behind it, into {@link JsonCursor.from} and {@link JsonCursor.to}. */
  name(): void {
    this.text();
    if (this.peek() === COLON) this.#at++;
    else this.doubt();
  }

  /** Reads a text without escapes, and mixes its bytes on the way, which costs next to nothing here. */
  text(): void {
    if (this.peek() !== QUOTE) return this.doubt();
    const bytes = this.#bytes;
    const from = this.#at + 1;
    let low = LOW_SEED;
    let high = HIGH_SEED;
    let ascii = true;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.from = from;
        this.to = at;
        this.low = low;
        this.high = high;
        this.#at = at + 1;
        if (!ascii) this.#check(from, at);
        return;
      }
      if (byte < 0x20 || byte === BACKSLASH) break;
      if (byte >= 0x80) ascii = false;
      low = Math.imul(low ^ byte, LOW_FACTOR);
      high = Math.imul(high ^ byte, HIGH_FACTOR);
    }
    this.doubt();
  }

  /** Doubts a text whose bytes are not UTF-8. */
  #check(from: number, to: number): void {
    for (let at = from; at < to;) {
      const size = this.#bytes[at]! < 0x80 ? 1 : utf8SequenceBytes(this.#bytes, at);
      if (size === 0) return this.doubt();
      at += size;
    }
  }

  /** Passes over a text. */
  skipText(): void {
    if (this.peek() !== QUOTE) return this.doubt();
    const bytes = this.#bytes;
    const from = this.#at + 1;
    let ascii = true;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#at = at + 1;
        if (!ascii) this.#check(from, at);
        return;
      }
      if (byte < 0x20 || byte === BACKSLASH) break;
      if (byte >= 0x80) ascii = false;
    }
    this.doubt();
  }

  /** Reads a text as {@link JsonCursor.text} does, unless it is empty or null: answers whether there is one. */
  optionalText(): boolean {
    if (this.peek() !== QUOTE) {
      if (!this.pass(NULL)) this.doubt();
      return false;
    }
    this.text();
    return this.#sure && this.to > this.from;
  }

  /** Passes over `null` or an empty text, which both say of a field that it is absent. */
  absent(): boolean {
    if (this.peek() !== QUOTE) return this.pass(NULL);
    if (this.#bytes[this.#at + 1] !== QUOTE) return false;
    this.#at += 2;
    return true;
  }

  /** Passes over these bytes if they are there. */
  pass(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    if (from + expected.length > bytes.length) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
    this.#at = from + expected.length;
    return true;
  }

  /** Reads a number without exponent; NaN where it has more digits than are sure to be exact. */
  number(): number {
    const bytes = this.#bytes;
    const negative = this.peek() === MINUS;
    const from = negative ? this.#at + 1 : this.#at;
    let at = from;
    let point = -1;
    let units = 0;
    for (; at < bytes.length; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) units = units * 10 + digit;
      else if (digit === POINT - ZERO && point === -1) point = at;
      else break;
    }
    const decimals = point === -1 ? 0 : at - point - 1;
    const wholes = at - from - (point === -1 ? 0 : decimals + 1);
    const unusual = wholes === 0 || (point !== -1 && decimals === 0) ||
      (wholes > 1 && bytes[from] === ZERO) ||
      bytes[at] === SMALL_E || bytes[at] === CAPITAL_E;
    if (unusual) {
      this.doubt();
      return NaN;
    }
    this.#at = at;
    if (wholes + decimals > SURE_DIGITS) return NaN;
    const size = units / POWERS_OF_TEN[decimals]!;
    return negative ? -size : size;
  }

  /** Passes over a value of any kind. */
  skip(depth = 0): void {
    switch (this.peek()) {
      case QUOTE:
        return this.skipText();
      case BRACE:
        if (depth === DEEPEST) return this.doubt();
        for (let more = this.enter(BRACE); more; more = this.more(BRACE)) {
          this.name();
          this.skip(depth + 1);
        }
        return;
      case BRACKET:
        if (depth === DEEPEST) return this.doubt();
        for (let more = this.enter(BRACKET); more; more = this.more(BRACKET)) this.skip(depth + 1);
        return;
      default:
        if (!this.pass(TRUE) && !this.pass(FALSE) && !this.pass(NULL)) this.number();
    }
  }
}

const ASCII = new TextEncoder();
/** `true` in bytes. */
export const TRUE = ASCII.encode("true");
/** `false` in bytes. */
export const FALSE = ASCII.encode("false");
/** `null` in bytes. */
export const NULL = ASCII.encode("null");
