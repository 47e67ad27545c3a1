import assert from "node:assert/strict";
import {
  formatCount,
  formatDayTime,
  formatMoney,
  formatMoneyShort,
  formatShare,
  formatTime,
} from "./format.ts";

const AT = Date.parse("2026-03-01T12:05:09Z");

for (
  const [minor, currency, text] of [
    [123456, "EUR", "€1,234.56"],
    [5, "EUR", "€0.05"],
    [-1999, "GBP", "-£19.99"],
    [1234, "JPY", "¥1,234"],
    [1234567, "KWD", "KWD 1,234.567"],
    [9007199254740991, "EUR", "€90,071,992,547,409.91"],
  ] as const
) {
  Deno.test(`${minor} of ${currency}'s smallest unit is ${text}`, () => {
    assert.equal(formatMoney(minor, currency, "en").replaceAll("\u00a0", " "), text);
  });
}

Deno.test("where there is no number there is a dash", () => {
  assert.equal(formatMoney(undefined, "EUR", "en"), "–");
  assert.equal(formatMoney(0, null, "en"), "–");
  assert.equal(formatShare(undefined, "en"), "–");
});

Deno.test("numbers are written as the viewer writes them", () => {
  assert.equal(formatCount(1234567, "de"), "1.234.567");
  assert.equal(formatShare(0.03125, "en"), "3.13%");
  assert.equal(formatMoneyShort(1_250_000, "EUR", "en"), "€12.5K");
});

Deno.test("times are of the viewer's zone", () => {
  assert.equal(formatTime(AT, "en-GB", "UTC"), "12:05");
  assert.equal(formatTime(AT, "en-GB", "Europe/Berlin", true), "13:05:09");
  assert.equal(formatDayTime(AT, "en-GB", "Asia/Tokyo"), "1 Mar 2026, 21:05");
});
