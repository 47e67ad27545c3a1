import { isDecimalText, type Numeric } from "./decimal.ts";
import { type EventTimeMs, parseEventTime } from "./event_time.ts";
import { type CurrencyCode, parseCurrency } from "./money.ts";
import type { Refusal, RefusalCode } from "./refusal.ts";

/** How much of a wrong value a reason shows. */
const SHOWN_CHARACTERS = 60;
/** The longest id. It becomes part of keys, in the log and in the stores, and those have limits. */
export const LONGEST_ID_CHARACTERS = 1_024;
/** A text of so many characters has at most so many digits, and those a JavaScript number keeps. */
const SURE_DIGITS = 15;

/**
 * Reads the fields of one event and remembers the first that can't be read; what it answers then is a stand-in.
 * So the reading is a plain list of fields, without an exception or a result to unwrap for each of them.
 *
 * An optional field that is null or "" is absent, everywhere.
 */
export class FieldReader {
  /** What is wrong with the first field that could not be read. */
  refusal: Refusal | undefined = undefined;
  /** The index of the item whose fields are read; -1 for the event's own. */
  item = -1;

  /** A text that has to be there and not empty. */
  requiredText(value: unknown, field: string): string {
    if (typeof value === "string" && value !== "") return value;
    if (value === undefined || value === null) this.#refuse("missing", field, "a text", "it is missing");
    else if (value === "") this.#refuse("empty", field, "a text", "it is empty");
    else this.#refuseValue("wrong_type", field, "a text", value);
    return "";
  }

  /** A text, or undefined. */
  text(value: unknown, field: string): string | undefined {
    if (isAbsent(value)) return undefined;
    if (typeof value === "string") return value;
    return this.#refuseValue("wrong_type", field, "a text", value);
  }

  /** An id that has to be there and not empty. */
  requiredId(value: unknown, field: string): string {
    return this.#checkId(this.requiredText(value, field), field);
  }

  /** An id, or undefined. */
  id(value: unknown, field: string): string | undefined {
    const text = this.text(value, field);
    return text === undefined ? undefined : this.#checkId(text, field);
  }

  /** A time that has to be there; see {@link parseEventTime}. */
  requiredTime(value: unknown, field: string): EventTimeMs {
    const text = this.requiredText(value, field);
    const timeMs = parseEventTime(text);
    if (timeMs === undefined) this.#refuseValue("not_a_time", field, "an ISO 8601 date-time", text);
    return timeMs ?? 0 as EventTimeMs;
  }

  /** A currency code in capital or small letters. */
  currency(value: unknown, field: string): CurrencyCode | undefined {
    const text = this.text(value, field);
    if (text === undefined) return undefined;
    return parseCurrency(text) ??
      this.#refuseValue("not_a_currency", field, "a currency of three letters", text);
  }

  /** A finite number, also one that is sent as decimal text ("19.99"), as shops do for money. */
  numeric(value: unknown, field: string): Numeric | undefined {
    if (typeof value !== "string" || value === "") return this.number(value, field);
    if (isDecimalText(value) && Number.isFinite(Number(value))) {
      return value.length <= SURE_DIGITS ? Number(value) : value;
    }
    const isInfinite = isDecimalText(value) || /^(?:NaN|[+-]?Infinity)$/.test(value);
    return this.#refuseValue(isInfinite ? "not_finite" : "wrong_type", field, "a finite number", value);
  }

  /** A finite number. */
  number(value: unknown, field: string): number | undefined {
    if (isAbsent(value)) return undefined;
    if (typeof value !== "number") return this.#refuseValue("wrong_type", field, "a finite number", value);
    if (Number.isFinite(value)) return value;
    return this.#refuseValue("not_finite", field, "a finite number", value);
  }

  /** Half a surrogate pair, which JSON can spell, can't be stored: it becomes what any writer of UTF-8 makes of it. */
  #checkId(id: string, field: string): string {
    if (id.length > LONGEST_ID_CHARACTERS) {
      this.#refuse("too_large", field, `at most ${LONGEST_ID_CHARACTERS} characters`, `it has ${id.length}`);
    }
    return id.isWellFormed() ? id : id.toWellFormed();
  }

  /** true or false. */
  flag(value: unknown, field: string): boolean | undefined {
    if (isAbsent(value)) return undefined;
    return typeof value === "boolean"
      ? value
      : this.#refuseValue("wrong_type", field, "true or false", value);
  }

  /** An object; its fields are the caller's to check. */
  object(value: unknown, field: string): object | undefined {
    return isAbsent(value) ? undefined : this.requiredObject(value, field);
  }

  /** An object that has to be there: an item is never absent. */
  requiredObject(value: unknown, field: string): object | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    return this.#refuseValue("wrong_type", field, "an object", value);
  }

  /** An array; its elements are the caller's to check. */
  array(value: unknown, field: string): readonly unknown[] | undefined {
    if (isAbsent(value)) return undefined;
    return Array.isArray(value) ? value : this.#refuseValue("wrong_type", field, "an array", value);
  }

  /** An amount that was computed from `field`; undefined says that it is too large. */
  amount<Amount extends number>(
    amount: Amount | undefined,
    field: string,
    sent: unknown,
  ): Amount | undefined {
    return amount ?? this.#refuseValue("out_of_range", field, "an amount of at most 10^13 minor units", sent);
  }

  #refuseValue(code: RefusalCode, field: string, as: string, value: unknown): undefined {
    if (this.refusal === undefined) this.#refuse(code, field, as, `current value is ${shown(value)}`);
  }

  #refuse(code: RefusalCode, field: string, as: string, problem: string): void {
    if (this.refusal !== undefined) return;
    const path = this.item < 0 ? field : `items[${this.item}]${field === "" ? "" : `.${field}`}`;
    this.refusal = { code, field: path, reason: `Cannot read ${path} as ${as}: ${problem}` };
  }
}

function isAbsent(value: unknown): value is undefined | null | "" {
  return value === undefined || value === null || value === "";
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  const cut = value.length > SHOWN_CHARACTERS;
  return JSON.stringify(cut ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
}
