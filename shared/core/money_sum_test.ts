import assert from "node:assert/strict";
import fc from "fast-check";
import type { Numeric } from "./decimal.ts";
import { type CurrencyCode, currencyDigits } from "./money.ts";
import { LARGEST_AMOUNT, lineAmount, MoneySum } from "./money_sum.ts";

const EUR = "EUR" as CurrencyCode;
const USD = "USD" as CurrencyCode;
const JPY = "JPY" as CurrencyCode;
const KWD = "KWD" as CurrencyCode;

type Line = readonly [price: Numeric, quantity: Numeric];

Deno.test("price x quantity is exact where floating point is not", () => {
  const table: readonly (readonly [Numeric, Numeric, CurrencyCode, number])[] = [
    [19.99, 1, EUR, 1_999],
    [19.99, 3, EUR, 5_997],
    [1.1, 3, EUR, 330],
    [0.07, 100, EUR, 700],
    [4.35, 100, EUR, 43_500],
    [1.005, 1, EUR, 101],
    [1.015, 1, EUR, 102],
    [0.3333, 3, USD, 100],
    [0.005, 1, USD, 1],
    [0.0049, 1, USD, 0],
    [-1.005, 1, EUR, -101],
    [1e-7, 1, EUR, 0],
    [1e-7, 100_000, EUR, 1],
    [1999, 2, JPY, 3_998],
    [99.5, 1, JPY, 100],
    [1.2345, 1, KWD, 1_235],
    [0.5, 0.5, EUR, 25],
    ["19.990000000000000000", 2, EUR, 3_998],
    ["1.00499999999999999999", 1, EUR, 100],
    [12.34, "2.000000000000000000", EUR, 2_468],
    [1e11, 1, EUR, 1e13],
    [0, 5, EUR, 0],
    [5, 0, EUR, 0],
  ];
  for (const [price, quantity, currency, expected] of table) {
    assert.equal(lineAmount(price, quantity, currency), expected, `${price} x ${quantity} ${currency}`);
  }
});

Deno.test("zero is never negative zero", () => {
  assert.ok(Object.is(lineAmount(-0, 1, EUR), 0));
  assert.ok(Object.is(lineAmount(5, -0, EUR), 0));
  assert.ok(Object.is(lineAmount(-0.001, 1, EUR), 0));
});

Deno.test("an amount beyond the largest one is refused, on either side", () => {
  assert.equal(lineAmount(1e11, 1, EUR), LARGEST_AMOUNT);
  assert.equal(lineAmount(100_000_000_000.01, 1, EUR), undefined);
  assert.equal(lineAmount(-100_000_000_000.01, 1, EUR), undefined);
  assert.equal(lineAmount(1e308, 1e308, EUR), undefined);
  assert.equal(lineAmount(1e13, 1, JPY), LARGEST_AMOUNT);
  assert.equal(lineAmount(1e13 + 1, 1, JPY), undefined);
});

Deno.test("a sum is rounded once, at the end, and not line by line", () => {
  const sum = new MoneySum(USD);
  assert.equal(sum.add(0.004, 1), 0);
  assert.equal(sum.add(0.004, 1), 0);
  assert.equal(sum.total(), 1);
});

Deno.test("a sum may pass the largest amount on its way, not at its end", () => {
  const sum = new MoneySum(JPY);
  for (let line = 0; line < 3_000; line++) sum.add(LARGEST_AMOUNT - 1, 1);
  assert.equal(sum.total(), undefined);
  for (let line = 0; line < 3_000; line++) sum.add(-(LARGEST_AMOUNT - 3), 1);
  assert.equal(sum.total(), 6_000);
});

Deno.test("every line and every sum is what fractions of whole numbers say", () => {
  fc.assert(
    fc.property(anyCurrency, fc.array(anyLine, { maxLength: 8 }), (currency, lines) => {
      const sum = new MoneySum(currency);
      for (const [price, quantity] of lines) {
        const expected = oracle([[price, quantity]], currency);
        assert.equal(lineAmount(price, quantity, currency), expected);
        assert.equal(sum.add(price, quantity), expected);
      }
      assert.equal(sum.total(), oracle(lines, currency));
    }),
    { numRuns: 2_000 },
  );
});

const anyCurrency = fc.constantFrom(EUR, JPY, KWD, "CLF" as CurrencyCode);
const shopPrice = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat({ max: 6 }))
  .map(([units, scale]) => Number(`${units}e-${scale}`));
const finiteNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
const longText = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 20 }))
  .map(([units, scale]) => `${units}e-${scale}`);
const anyNumeric = fc.oneof<fc.Arbitrary<Numeric>[]>(shopPrice, finiteNumber, longText);
const anyQuantity = fc.oneof<fc.Arbitrary<Numeric>[]>(
  fc.nat({ max: 1_000 }),
  fc.constantFrom(0.5, 1.25, 0.001),
  anyNumeric,
);
const anyLine: fc.Arbitrary<Line> = fc.tuple(anyNumeric, anyQuantity);

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** The sum of the lines as a fraction, rounded by comparing it with the halves; nothing shared with the code. */
function oracle(lines: readonly Line[], currency: CurrencyCode): number | undefined {
  let sum: Fraction = { over: 0n, under: 1n };
  for (const [price, quantity] of lines) {
    const [a, b] = [fraction(price), fraction(quantity)];
    const under = a.under * b.under;
    sum = { over: sum.over * under + a.over * b.over * sum.under, under: sum.under * under };
  }
  const over = sum.over * 10n ** BigInt(currencyDigits(currency));
  const magnitude = over < 0n ? -over : over;
  const floor = magnitude / sum.under;
  const rounded = 2n * (magnitude % sum.under) >= sum.under ? floor + 1n : floor;
  if (rounded > 10n ** 13n) return undefined;
  return over < 0n && rounded !== 0n ? -Number(rounded) : Number(rounded);
}

function fraction(value: Numeric): Fraction {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [whole = "", decimals = ""] = mantissa.split(".");
  const power = Number(exponent) - decimals.length;
  const units = BigInt(whole + decimals);
  return power < 0
    ? { over: units, under: 10n ** BigInt(-power) }
    : { over: units * 10n ** BigInt(power), under: 1n };
}
