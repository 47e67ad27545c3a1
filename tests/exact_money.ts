/** An exact decimal number: `digits` / 10^`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Digits behind the point, from ISO 4217, of the currencies that tests use. */
const CURRENCY_DIGITS: Readonly<Record<string, number>> = { EUR: 2, USD: 2, GBP: 2, CHF: 2, JPY: 0, KWD: 3 };

/** Reads a JSON number from its text, so that no float ever stands between the file and the figure. */
export function decimal(text: string): Decimal {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) throw new RangeError(`Cannot read a decimal number: current value is "${text}"`);
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** The product of two decimals. */
export function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** The sum of two decimals. */
export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const widen = (part: Decimal) => part.digits * 10n ** BigInt(scale - part.scale);
  return { digits: widen(a) + widen(b), scale };
}

/** An amount that is not negative, rounded half up to the minor units of its currency. */
export function toMinor(amount: Decimal, currency: string): bigint {
  const divisor = 10n ** BigInt(amount.scale);
  const scaled = amount.digits * 10n ** BigInt(digitsOf(currency));
  return (2n * scaled + divisor) / (2n * divisor);
}

/** Minor units as a person writes them: -5 EUR cents -> "-0.05". */
export function decimalText(minor: bigint, currency: string): string {
  const digits = digitsOf(currency);
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0");
  const point = text.length - digits;
  return `${minor < 0n ? "-" : ""}${text.slice(0, point)}${digits === 0 ? "" : "."}${text.slice(point)}`;
}

function digitsOf(currency: string): number {
  const digits = CURRENCY_DIGITS[currency];
  if (digits === undefined) throw new RangeError(`Cannot count ${currency}: tests know no digits for it`);
  return digits;
}
