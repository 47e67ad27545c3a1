import assert from "node:assert/strict";
import { type Dimension, DIMENSIONS, mergeBreakdowns, PART_COUNTERS } from "./breakdown.ts";
import { BreakdownState, PARTS_COUNTED, STORED } from "./breakdown_state.ts";
import type { ShopEvent } from "./event.ts";
import { decoded, REQUIRED } from "./event_fixture.ts";
import type { Offset } from "./offset.ts";

const state = () => new BreakdownState("id", "default", 0);
const counted = (events: readonly ShopEvent[]) => {
  const breakdown = state();
  events.forEach((event, offset) => breakdown.count(event, offset as Offset, 0));
  return breakdown;
};

/** What all parts of a dimension, and the others, add up to. */
function totalOf(of: BreakdownState, dimension: Dimension) {
  const { parts, other } = of.toStored().breakdown[dimension];
  const all = [...parts.values(), other];
  return PART_COUNTERS.map((counter) => all.reduce((sum, { counts }) => sum + counts[counter], 0));
}

Deno.test("an event counts under each of its values; an order counts each of its products with units and money", () => {
  const order = decoded({
    ...REQUIRED,
    event_type: "purchase",
    currency: "EUR",
    page: "/thanks",
    items: [{ product_id: "mug", price: 4.5, quantity: 2 }, { product_id: "hat", price: 20 }],
    geo: { country: "SE", city: "Lund" },
    device: { mobile: true, os: "iOS" },
    utm: { source: "mail", medium: "news", campaign: "may" },
  });
  const { breakdown } = counted([order]).toStored();
  const names = DIMENSIONS.map((dimension) => [...breakdown[dimension].parts.keys()].join());
  assert.deepEqual(names, ["SE", "Lund", "mail", "news", "may", "mobile", "iOS", "/thanks", "hat,mug"]);
  const mug = breakdown.product.parts.get("mug")!;
  assert.deepEqual([mug.counts.purchases, mug.counts.units], [1, 2]);
  assert.deepEqual([...mug.money], [["EUR", { gross: 900, refunds: 0 }]]);
  assert.deepEqual([...breakdown.country.parts.get("SE")!.money], [["EUR", { gross: 2_900, refunds: 0 }]]);
});

Deno.test("a hundred thousand distinct products in a minute: the largest by name, exact totals", () => {
  const products = Array.from(
    { length: 100_000 },
    (_, at) => decoded({ ...REQUIRED, event_type: "view_item", product_id: `p${at}` }),
  );
  const favourite = Array.from(
    { length: 50 },
    () => decoded({ ...REQUIRED, event_type: "view_item", product_id: "favourite" }),
  );
  const full = counted([...favourite, ...products]);
  const { parts } = full.toStored().breakdown.product;
  assert.equal(parts.size, STORED.parts);
  assert.equal([...parts.keys()][0], "favourite");
  assert.equal(parts.get("favourite")!.counts.views, 50);
  assert.deepEqual(totalOf(full, "product"), [100_050, 100_050, 0, 0, 0, 0, 0]);
  assert.ok(PARTS_COUNTED < 100_000);
});

Deno.test("a closed breakdown goes on the same whether it stayed in memory or was read back", () => {
  const event = (at: number) =>
    decoded({
      ...REQUIRED,
      event_type: "purchase",
      value: 1,
      currency: ["EUR", "USD", "JPY"][at % 3],
      page: "/".padEnd(at % 400, "x"),
      product_id: `p${at % 173}`,
    });
  const early = Array.from({ length: 300 }, (_, at) => event(at));
  const inMemory = counted(early);
  inMemory.close(300 as Offset, 0);
  let readBack = BreakdownState.fromStored(inMemory.toStored());
  for (let at = 301; at < 600; at++) {
    inMemory.count(event(at), at as Offset, 0);
    readBack.count(event(at), at as Offset, 0);
    if (at % 7 === 0) readBack = BreakdownState.fromStored(readBack.toStored());
  }
  assert.deepEqual(readBack.toStored(), inMemory.toStored());
});

Deno.test("merged breakdowns have the totals of both", () => {
  const events = Array.from({ length: 40 }, (_, at) => decoded({ ...REQUIRED, page: `/${at % 7}` }));
  const merged = mergeBreakdowns(
    counted(events.slice(0, 25)).toStored().breakdown,
    counted(events.slice(25)).toStored().breakdown,
  );
  assert.deepEqual(merged, counted(events).toStored().breakdown);
});
