import assert from "node:assert/strict";
import fc from "fast-check";
import { type CurrencyCode, currencyDigits, type MinorUnits } from "./money.ts";
import { createConvert, type RateTable, REFERENCE_RATES } from "./rates.ts";

const code = (text: string) => text as CurrencyCode;
const minor = (amount: number) => amount as MinorUnits;

const TABLE: RateTable = {
  version: "test-1",
  base: "EUR",
  perBase: { USD: "1.25", JPY: "160", KWD: "0.333333", CLF: "0.025" },
};

Deno.test("an amount is converted by the rates and the decimals of both currencies", () => {
  const convert = createConvert(TABLE);
  const table: readonly (readonly [number, string, string, number])[] = [
    [10_000, "EUR", "USD", 12_500],
    [12_500, "USD", "EUR", 10_000],
    [100, "EUR", "JPY", 160],
    [160, "JPY", "EUR", 100],
    [128, "JPY", "USD", 100],
    [100, "EUR", "KWD", 333],
    [400, "EUR", "CLF", 1_000],
    [0, "EUR", "USD", 0],
  ];
  for (const [amount, from, to, expected] of table) {
    assert.equal(convert(minor(amount), code(from), code(to)), expected, `${amount} ${from} in ${to}`);
  }
});

Deno.test("a half is rounded away from zero, on either side", () => {
  const convert = createConvert(TABLE);
  assert.equal(convert(minor(2), code("EUR"), code("USD")), 3);
  assert.equal(convert(minor(-2), code("EUR"), code("USD")), -3);
  assert.equal(convert(minor(1), code("EUR"), code("USD")), 1);
});

Deno.test("a currency without a rate is unknown, save to itself", () => {
  const convert = createConvert(TABLE);
  assert.equal(convert(minor(5), code("XAU"), code("EUR")), undefined);
  assert.equal(convert(minor(5), code("EUR"), code("XAU")), undefined);
  assert.equal(convert(minor(5), code("XAU"), code("XAU")), 5);
});

Deno.test("an amount that a number can't hold exactly is unknown rather than wrong", () => {
  assert.equal(createConvert(TABLE)(minor(Number.MAX_SAFE_INTEGER), code("EUR"), code("USD")), undefined);
});

Deno.test("a rate that is not a positive decimal is named", () => {
  for (const rate of ["", "0", "0.0000001", "-1", "1,5", "1e3", "abc"]) {
    assert.throws(
      () => createConvert({ ...TABLE, perBase: { SEK: rate } }),
      new RangeError(
        `Cannot read the rate of SEK as a positive number with at most 6 decimals: current value is "${rate}"`,
      ),
    );
  }
});

Deno.test("the reference rates say their day, and convert between any two of their currencies", () => {
  assert.match(REFERENCE_RATES.version, /\d{4}-\d{2}-\d{2}$/);
  const convert = createConvert();
  const currencies = [REFERENCE_RATES.base, ...Object.keys(REFERENCE_RATES.perBase)];
  assert.equal(new Set(currencies).size, 31);
  assert.equal(convert(minor(10_000), code("EUR"), code("USD")), 11_750);
  assert.equal(convert(minor(11_750), code("USD"), code("EUR")), 10_000);
  for (const from of currencies) {
    for (const to of currencies) assert.notEqual(convert(minor(1_000_000), code(from), code(to)), undefined);
  }
});

Deno.test("there and back is off by no more than the rounding of the coarser currency", () => {
  const convert = createConvert();
  const currency = fc.constantFrom(...Object.keys(REFERENCE_RATES.perBase)).map(code);
  fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), currency, currency, (amount, from, to) => {
    const there = convert(minor(amount), from, to)!;
    const back = convert(there, to, from)!;
    const worth = Number(REFERENCE_RATES.perBase[from]) / Number(REFERENCE_RATES.perBase[to]) *
      10 ** (currencyDigits(from) - currencyDigits(to));
    assert.ok(
      Math.abs(back - amount) <= worth / 2 + 0.5 + 1e-6,
      `${amount} ${from} -> ${there} ${to} -> ${back}`,
    );
  }));
});
