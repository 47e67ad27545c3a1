/** Why an event was refused; a closed list, so that a dashboard and a test can rely on it. */
export const REFUSAL_CODES = [
  "too_large",
  "too_deep",
  "not_utf8",
  "not_json",
  "not_an_object",
  "missing",
  "empty",
  "wrong_type",
  "not_finite",
  "not_a_time",
  "not_a_currency",
  "out_of_range",
  "wrong_store",
] as const;

/** One of {@link REFUSAL_CODES}. */
export type RefusalCode = typeof REFUSAL_CODES[number];

/** What is wrong with an event: the field by its path in the JSON ("items[2].price"; "" is the whole record). */
export interface Refusal {
  readonly code: RefusalCode;
  readonly field: string;
  /** A sentence for a person: "Cannot read price as a finite number: current value is "abc"". */
  readonly reason: string;
}

/** What a decoder answers: the value, or why not. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly refusal: Refusal;
};
