import assert from "node:assert/strict";
import fc from "fast-check";
import { LatencyHistogram } from "./latency_histogram.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";
import {
  addMoney,
  COUNTERS,
  emptyRollup,
  merge,
  type MoneyTotals,
  type Rollup,
  subtract,
  zeroCounts,
} from "./rollup.ts";

const minor = (amount: number) => amount as MinorUnits;
const anyMinor = fc.nat({ max: 1e12 }).map(minor);
const anyTotals: fc.Arbitrary<MoneyTotals> = fc.record(
  { gross: anyMinor, refunds: anyMinor },
  { noNullPrototype: true },
);
const anyCurrency = fc.constantFrom("EUR", "USD", "JPY", "KWD").map((code) => code as CurrencyCode);
const anyRollup: fc.Arbitrary<Rollup> = fc.record({
  counts: fc.tuple(...COUNTERS.map(() => fc.nat({ max: 1e6 })))
    .map((values) => Object.fromEntries(COUNTERS.map((name, at) => [name, values[at]!])) as Rollup["counts"]),
  money: fc.array(fc.tuple(anyCurrency, anyTotals), { maxLength: 4 }).map((entries) => new Map(entries)),
  latency: fc.array(fc.nat({ max: 100_000 }), { maxLength: 20 }).map((durations) => {
    const histogram = LatencyHistogram.empty();
    for (const durationMs of durations) histogram.record(durationMs);
    return histogram;
  }),
});

Deno.test("the empty rollup is neutral", () => {
  fc.assert(fc.property(anyRollup, (a) => {
    assert.deepEqual(plain(merge(a, emptyRollup())), plain(a));
    assert.deepEqual(plain(merge(emptyRollup(), a)), plain(a));
  }));
});

Deno.test("the order of two rollups doesn't matter", () => {
  fc.assert(fc.property(anyRollup, anyRollup, (a, b) => {
    assert.deepEqual(plain(merge(a, b)), plain(merge(b, a)));
  }));
});

Deno.test("the grouping of three rollups doesn't matter", () => {
  fc.assert(fc.property(anyRollup, anyRollup, anyRollup, (a, b, c) => {
    assert.deepEqual(plain(merge(merge(a, b), c)), plain(merge(a, merge(b, c))));
  }));
});

Deno.test("a difference, merged with what was taken away, is the whole again", () => {
  fc.assert(fc.property(anyRollup, anyRollup, (a, b) => {
    const again = merge(b, subtract(a, b));
    for (const [currency, totals] of again.money) {
      if (!a.money.has(currency)) assert.deepEqual(totals, { gross: 0, refunds: 0 });
    }
    const money = new Map([...again.money].filter(([currency]) => a.money.has(currency)));
    assert.deepEqual(plain({ ...again, money }), plain(a));
  }));
});

Deno.test("nothing is left of a rollup less itself", () => {
  fc.assert(fc.property(anyRollup, (a) => assert.deepEqual(plain(subtract(a, a)), plain(emptyRollup()))));
});

Deno.test("merging changes neither part", () => {
  fc.assert(fc.property(anyRollup, anyRollup, (a, b) => {
    const [before, other] = [plain(a), plain(b)];
    merge(a, b);
    assert.deepEqual(plain(a), before);
    assert.deepEqual(plain(b), other);
  }));
});

Deno.test("counts, money per currency and durations add up", () => {
  const a: Rollup = {
    counts: { ...zeroCounts(), events: 3, purchases: 1 },
    money: new Map([["EUR" as CurrencyCode, { gross: minor(500), refunds: minor(20) }]]),
    latency: LatencyHistogram.empty(),
  };
  const b: Rollup = {
    counts: { ...zeroCounts(), events: 4, sessions: 2 },
    money: new Map([
      ["EUR" as CurrencyCode, { gross: minor(1), refunds: minor(2) }],
      ["JPY" as CurrencyCode, { gross: minor(900), refunds: minor(0) }],
    ]),
    latency: LatencyHistogram.empty(),
  };
  b.latency.record(12);
  const sum = plain(merge(a, b));
  assert.deepEqual(sum.counts, { ...zeroCounts(), events: 7, purchases: 1, sessions: 2 });
  assert.deepEqual(sum.money, [["EUR", { gross: 501, refunds: 22 }], ["JPY", { gross: 900, refunds: 0 }]]);
  assert.deepEqual(sum.latency, [12, 1]);
});

Deno.test("money totals add up side by side", () => {
  const a = { gross: minor(5), refunds: minor(1) };
  assert.deepEqual(addMoney(a, { gross: minor(7), refunds: minor(3) }), { gross: 12, refunds: 4 });
});

/** The rollup in a form that doesn't depend on the order in which currencies came. */
function plain({ counts, money, latency }: Rollup) {
  return {
    counts: { ...counts },
    money: [...money].toSorted(([a], [b]) => a < b ? -1 : 1),
    latency: [...latency.toWords()],
  };
}
