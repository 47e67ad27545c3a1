/**
 * A position in one partition of the log. Kafka offsets are 64-bit; a JavaScript number holds them exactly up
 * to 2^53 - 1, which a partition at 100,000 records a second reaches after 2,800 years.
 */
export type Offset = number & { readonly __brand: "Offset" };

/**
 * Reads an offset.
 *
 * @throws {RangeError} when the value is not a whole number from 0 to 2^53 - 1.
 */
export function offset(value: number | string): Offset {
  const parsed = typeof value === "number" ? value : value.trim() === "" ? NaN : Number(value);
  if (!Number.isSafeInteger(parsed) || parsed < 0) {
    throw new RangeError(`Cannot read offset as a whole number: current value is ${value}`);
  }
  return parsed as Offset;
}

/** The offset of the record behind `at`, which is also the "through" of a state that has taken `at` in. */
export function after(at: Offset): Offset {
  return (at + 1) as Offset;
}

/** The beginning of a partition. */
export const START = 0 as Offset;
