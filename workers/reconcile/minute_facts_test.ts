import assert from "node:assert/strict";
import fc from "fast-check";
import type { CurrencyCode, MinorUnits, MoneyTotals } from "@countinghouse/core";
import { differences, FACT_COUNTERS, figuresOf, type MinuteFacts, NO_FACTS } from "./minute_facts.ts";

const anyTotals: fc.Arbitrary<MoneyTotals> = fc.record({
  gross: fc.nat().map((amount) => amount as MinorUnits),
  refunds: fc.nat().map((amount) => amount as MinorUnits),
});
const anyFacts: fc.Arbitrary<MinuteFacts> = fc.record({
  counts: fc.tuple(...FACT_COUNTERS.map(() => fc.nat()))
    .map((values) =>
      Object.fromEntries(FACT_COUNTERS.map((name, at) => [name, values[at]])) as MinuteFacts["counts"]
    ),
  money: fc.uniqueArray(fc.tuple(fc.constantFrom("EUR", "JPY", "KWD"), anyTotals), {
    selector: ([code]) => code,
  })
    .map((entries) => new Map(entries as [CurrencyCode, MoneyTotals][])),
  funnel: fc.record({ started: fc.nat(), reached: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()) }),
});

Deno.test("two stores with the same numbers have no drift", () => {
  fc.assert(fc.property(anyFacts, (facts) => {
    assert.deepEqual(differences(facts, structuredClone(facts)), []);
  }));
});

Deno.test("any single number that is altered is found, by its name and with both values", () => {
  fc.assert(fc.property(anyFacts, fc.nat(), fc.integer().filter((by) => by !== 0), (facts, pick, by) => {
    const altered = structuredClone(facts) as unknown as Mutable;
    const names = [...figuresOf(facts).keys()];
    const metric = names[pick % names.length]!;
    alter(altered, metric, by);
    const second = figuresOf(facts).get(metric)!;
    assert.deepEqual(differences(altered as unknown as MinuteFacts, facts), [{
      metric,
      first: second + by,
      second,
    }]);
  }));
});

Deno.test("a currency that one store does not know is zero there, and an unknown funnel is not compared", () => {
  const money = new Map([["EUR", { gross: 5, refunds: 0 }]]) as unknown as MinuteFacts["money"];
  const facts: MinuteFacts = { ...NO_FACTS, money, funnel: { started: 1, reached: [1, 0, 0, 0] } };
  assert.deepEqual(differences(facts, { ...NO_FACTS, funnel: undefined }), [
    { metric: "gross_revenue_minor.EUR", first: 5, second: 0 },
  ]);
});

interface Mutable {
  counts: Record<string, number>;
  money: Map<string, { gross: number; refunds: number }>;
  funnel: { started: number; reached: number[] };
}

function alter({ counts, money, funnel }: Mutable, metric: string, by: number): void {
  const [group, name = ""] = metric.split(".");
  if (group === "funnel") {
    if (name === "sessions") funnel.started += by;
    else funnel.reached[["view", "cart", "checkout", "purchase"].indexOf(name)]! += by;
  } else if (group === "gross_revenue_minor") money.get(name)!.gross += by;
  else if (group === "refund_amount_minor") money.get(name)!.refunds += by;
  else counts[metric === "unique_users" ? "users" : metric]! += by;
}
