import assert from "node:assert/strict";
import { type CurrencyCode, emptyPart, type MinorUnits, type Part } from "@countinghouse/core";
import { testApp } from "../app_fixture.ts";

function part(events: number, purchases: number, gross: number): Part {
  const { counts, money } = emptyPart();
  money.set("EUR" as CurrencyCode, { gross: gross as MinorUnits, refunds: 50 as MinorUnits });
  return { counts: { ...counts, events, views: events, purchases }, money };
}

const app = () =>
  testApp([], {
    dimension: () =>
      Promise.resolve({
        parts: new Map([["DE", part(6, 3, 1_050)], ["FR", part(9, 1, 250)], ["IT", part(1, 0, 50)]]),
        other: part(2, 0, 50),
      }),
  });

Deno.test("the largest values are named, the rest is added up, money is exact", async () => {
  const answer = await (await app().get("/breakdown?dimension=country&limit=2")).json();
  assert.equal(answer.dimension, "country");
  assert.deepEqual(
    answer.values.map(({ value, events }: { value: string; events: number }) => [value, events]),
    [["FR", 9], ["DE", 6]],
  );
  assert.equal(answer.values[1].conversion_rate, 0.5);
  assert.deepEqual(answer.values[1].by_currency, { EUR: { revenue: 10, revenue_minor: 1_000 } });
  assert.equal(answer.other.events, 3);
});

Deno.test("a dimension that is missing or unknown is named, with those that there are", async () => {
  for (const query of ["", "?dimension=colour"]) {
    const answer = await app().get(`/breakdown${query}`);
    assert.equal(answer.status, 400);
    assert.match((await answer.json()).detail, /^dimension must be one of country, city/);
  }
});
