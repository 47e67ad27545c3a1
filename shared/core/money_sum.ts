import { add, type Decimal, decimalOf, multiply, type Numeric, roundHalfUp } from "./decimal.ts";
import { type CurrencyCode, currencyDigits, type MinorUnits } from "./money.ts";

/** The largest amount of one event, in minor units and either sign: 100 billion euros. */
export const LARGEST_AMOUNT = 1e13;

/** Numbers of up to 15 digits are exact in a JavaScript number, and are its shortest decimal. */
const EXACT_BELOW = 1e15;

const POWERS_OF_TEN = [1, 10, 100, 1_000, 10_000] as const;

/**
 * price x quantity in minor units: computed exactly and then rounded once, half away from zero. A unit price may
 * have more digits than its currency: 0.3333 USD x 3 = 100 cents. Undefined beyond {@link LARGEST_AMOUNT}.
 */
export function lineAmount(
  price: Numeric,
  quantity: Numeric,
  currency: CurrencyCode,
): MinorUnits | undefined {
  const digits = currencyDigits(currency);
  const minor = wholeMinor(price, quantity, digits);
  return Number.isNaN(minor) ? rounded(product(price, quantity), digits) : inRange(minor);
}

/** Adds up lines of price x quantity exactly, and rounds once at the end. */
export class MoneySum {
  readonly #digits: number;
  /** Lines that are whole minor units, as nearly all are. */
  #minor = 0;
  /** Lines that aren't. */
  #rest: Decimal | undefined;

  constructor(currency: CurrencyCode) {
    this.#digits = currencyDigits(currency);
  }

  /** Adds a line; answers its own {@link lineAmount}. */
  add(price: Numeric, quantity: Numeric): MinorUnits | undefined {
    const minor = wholeMinor(price, quantity, this.#digits);
    if (Math.abs(this.#minor + minor) < EXACT_BELOW) {
      this.#minor += minor;
      return inRange(minor);
    }
    const line = product(price, quantity);
    this.#rest = this.#rest === undefined ? line : add(this.#rest, line);
    return rounded(line, this.#digits);
  }

  /** The sum in minor units; undefined beyond {@link LARGEST_AMOUNT}. */
  total(): MinorUnits | undefined {
    if (this.#rest === undefined) return inRange(this.#minor);
    const whole: Decimal = { units: BigInt(this.#minor), scale: this.#digits };
    return rounded(add(whole, this.#rest), this.#digits);
  }
}

/** price x quantity where plain numbers hold it exactly and it needs no rounding, else NaN. */
function wholeMinor(price: Numeric, quantity: Numeric, digits: number): number {
  if (typeof price !== "number" || typeof quantity !== "number" || !Number.isInteger(quantity)) return NaN;
  const power = POWERS_OF_TEN[digits] ?? NaN;
  const unit = Math.round(price * power);
  const minor = unit * quantity;
  const exact = Math.abs(minor) < EXACT_BELOW && unit / power === price;
  return exact ? minor + 0 : NaN;
}

function product(price: Numeric, quantity: Numeric): Decimal {
  return multiply(decimalOf(price), decimalOf(quantity));
}

function rounded(value: Decimal, digits: number): MinorUnits | undefined {
  return inRange(Number(roundHalfUp(value, digits)));
}

function inRange(minor: number): MinorUnits | undefined {
  return Math.abs(minor) <= LARGEST_AMOUNT ? minor as MinorUnits : undefined;
}
