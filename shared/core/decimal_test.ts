import assert from "node:assert/strict";
import fc from "fast-check";
import { add, decimalOf, divideHalfUp, isDecimalText, multiply, roundHalfUp } from "./decimal.ts";

Deno.test("a number is the shortest decimal that reads back as it", () => {
  assert.deepEqual(decimalOf(0.1), { units: 1n, scale: 1 });
  assert.deepEqual(decimalOf(-19.99), { units: -1999n, scale: 2 });
  assert.deepEqual(decimalOf(1e-7), { units: 1n, scale: 7 });
  assert.deepEqual(decimalOf(1.5e21), { units: 1_500_000_000_000_000_000_000n, scale: 0 });
  assert.deepEqual(decimalOf("19.990000000000000000"), { units: 19990000000000000000n, scale: 18 });
  assert.deepEqual(decimalOf("+.5"), { units: 5n, scale: 1 });
  assert.deepEqual(decimalOf("5."), { units: 5n, scale: 0 });
});

Deno.test("every finite number survives the way to a decimal and back", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const { units, scale } = decimalOf(value);
    assert.ok(scale >= 0);
    assert.equal(Number(`${units}e-${scale}`), value + 0);
  }));
});

Deno.test("only plain decimals of a bounded length are decimal text", () => {
  for (const text of ["0", "19.99", "-19.99", "+1", ".5", "5.", "1e3", "1E-7", "9".repeat(64)]) {
    assert.ok(isDecimalText(text), text);
  }
  for (
    const text of [
      "",
      ".",
      "-",
      "e5",
      "-.e1",
      "1e",
      "1e1234",
      "0x10",
      "1,5",
      " 1",
      "1 ",
      "1_0",
      "NaN",
      "Infinity",
      "1n",
      "٣",
      "9".repeat(65),
    ]
  ) assert.ok(!isDecimalText(text), text);
});

Deno.test("what is not finite is not a decimal", () => {
  assert.throws(() => decimalOf(NaN), RangeError);
  assert.throws(() => decimalOf(Infinity), RangeError);
  assert.throws(() => decimalOf("19,99"), /Cannot read a decimal number: current value is 19,99/);
});

Deno.test("a tenth and two tenths are three tenths, and a third of a cent is kept", () => {
  assert.deepEqual(add(decimalOf(0.1), decimalOf(0.2)), decimalOf(0.3));
  assert.deepEqual(multiply(decimalOf(0.3333), decimalOf(3)), decimalOf(0.9999));
});

Deno.test("a half is rounded away from zero, on either side", () => {
  const table: readonly (readonly [number, number, bigint])[] = [
    [2.5, 0, 3n],
    [-2.5, 0, -3n],
    [2.49, 0, 2n],
    [-2.49, 0, -2n],
    [1.005, 2, 101n],
    [0.004999, 2, 0n],
    [7, 2, 700n],
  ];
  for (const [value, digits, expected] of table) {
    assert.equal(roundHalfUp(decimalOf(value), digits), expected, `${value}`);
  }
});

Deno.test("the rounded quotient is never more than half off, and mirrors its negative", () => {
  const dividends = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(fc.property(dividends, fc.bigInt({ min: 1n, max: 10n ** 20n }), (dividend, divisor) => {
    const quotient = divideHalfUp(dividend, divisor);
    const twiceOff = 2n * (quotient * divisor - dividend);
    assert.ok(twiceOff <= divisor && twiceOff >= -divisor);
    if (twiceOff === divisor || twiceOff === -divisor) {
      assert.ok(dividend < 0n ? twiceOff < 0n : twiceOff > 0n);
    }
    assert.equal(divideHalfUp(-dividend, divisor), -quotient);
  }));
});
