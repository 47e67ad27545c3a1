import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CurrencyCode,
  currencyDigits,
  type MinorUnits,
  parseCurrency,
  toDecimal,
  toDecimalText,
} from "./money.ts";

const code = (text: string) => text as CurrencyCode;
const minor = (amount: number) => amount as MinorUnits;

Deno.test("a currency has the decimals that ISO 4217 gives it, and 2 where it gives none", () => {
  const table = {
    EUR: 2,
    USD: 2,
    JPY: 0,
    KRW: 0,
    ISK: 0,
    UGX: 0,
    XOF: 0,
    KWD: 3,
    BHD: 3,
    TND: 3,
    CLF: 4,
    UYW: 4,
    XYZ: 2,
  };
  for (const [currency, digits] of Object.entries(table)) {
    assert.equal(currencyDigits(code(currency)), digits, currency);
  }
});

Deno.test("a currency code is three letters, capital or small", () => {
  assert.equal(parseCurrency("EUR"), "EUR");
  assert.equal(parseCurrency("eur"), "EUR");
  assert.equal(parseCurrency("Eur"), "EUR");
  for (const text of ["", "EU", "EURO", "E R", "12A", "€UR", "ſek", "@EU", "{zz"]) {
    assert.equal(parseCurrency(text), undefined, text);
  }
});

Deno.test("minor units are shown with the decimals of their currency", () => {
  assert.equal(toDecimal(minor(1999), code("EUR")), 19.99);
  assert.equal(toDecimal(minor(-5), code("USD")), -0.05);
  assert.equal(toDecimal(minor(1999), code("JPY")), 1999);
  assert.equal(toDecimal(minor(1999), code("KWD")), 1.999);
  assert.equal(toDecimal(minor(19_999), code("CLF")), 1.9999);
});

Deno.test("a decimal number is written with exactly the digits of its minor units", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e13 }), (amount) => {
    const digits = String(amount).padStart(3, "0");
    const expected = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
    assert.equal(toDecimal(minor(amount), code("EUR")).toFixed(2), expected);
    assert.equal(toDecimal(minor(amount), code("EUR")), Number(expected));
  }));
});

Deno.test("as text, an amount has every digit of its currency", () => {
  assert.equal(toDecimalText(minor(1990), code("EUR")), "19.90");
  assert.equal(toDecimalText(minor(-5), code("USD")), "-0.05");
  assert.equal(toDecimalText(minor(0), code("KWD")), "0.000");
  assert.equal(toDecimalText(minor(-1999), code("JPY")), "-1999");
  assert.equal(toDecimalText(minor(Number.MAX_SAFE_INTEGER), code("CLF")), "900719925474.0991");
});
