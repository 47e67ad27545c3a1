/** An exact decimal number: `units` x 10^-`scale`. The scale is never negative. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/**
 * A number as it came in. Text stands for one with more digits than a JavaScript number is sure to keep; it has
 * passed {@link isDecimalText}.
 */
export type Numeric = number | string;

/** Long enough for any amount; short enough that nobody can make the arithmetic slow. */
const LONGEST_TEXT = 64;

const DECIMAL_TEXT = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Whether a text is a decimal number: sign, digits, point and an exponent of up to three digits; 64 characters. */
export function isDecimalText(text: string): boolean {
  return text.length <= LONGEST_TEXT && DECIMAL_TEXT.test(text);
}

/**
 * The exact decimal of a number, which is the shortest one that reads back as the same number: 0.1 is a tenth.
 *
 * @throws {RangeError} when the number is not finite, or the text not a decimal.
 */
export function decimalOf(value: Numeric): Decimal {
  const text = String(value);
  const parts = DECIMAL_TEXT.exec(text);
  if (parts === null) throw new RangeError(`Cannot read a decimal number: current value is ${text}`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const magnitude = BigInt(whole + fraction);
  const units = sign === "-" ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * powerOfTen(-scale), scale: 0 };
}

/** a + b. */
export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: atScale(a, scale) + atScale(b, scale), scale };
}

/** a x b. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** The nearest number of 10^-`digits`, as how many of them; see {@link divideHalfUp}. */
export function roundHalfUp(value: Decimal, digits: number): bigint {
  if (value.scale <= digits) return atScale(value, digits);
  return divideHalfUp(value.units, powerOfTen(value.scale - digits));
}

/**
 * The quotient to the nearest whole number. A half goes away from zero, so that an amount and its negative round
 * to the same size: 2.5 -> 3, -2.5 -> -3. The divisor is positive.
 */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const quotient = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

function atScale(value: Decimal, scale: number): bigint {
  return value.units * powerOfTen(scale - value.scale);
}

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
