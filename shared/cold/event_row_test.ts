import assert from "node:assert/strict";
import { decodeEvent } from "@countinghouse/core";
import { eventRow } from "./event_row.ts";
import { PARTITION, record, T0 } from "./log_records_fixture.ts";

function rowOf(value: Readonly<Record<string, unknown>>) {
  const from = record(5, value);
  const decoded = decodeEvent(from.value);
  assert.ok(decoded.ok);
  return JSON.parse(JSON.stringify(eventRow(decoded.value, from, PARTITION)));
}

Deno.test("a bare event has the fields it was sent with, and no other", () => {
  assert.deepEqual(rowOf({}), {
    partition: PARTITION,
    offset: 5,
    append_time: T0 + 5,
    event_id: "e5",
    event_type: "page_view",
    type_name: "page_view",
    event_time: T0 + 5,
    user_id: "u5",
    session_id: "s5",
    store_id: "default",
    quantity: 1,
  });
});

Deno.test("every field of an order has its column; money is in minor units", () => {
  const row = rowOf({
    event_type: "purchase",
    store_id: "north",
    page: "/thanks",
    product_id: "p1",
    order_id: "o1",
    coupon: "SPRING",
    quantity: 2,
    currency: "KWD",
    items: [{ product_id: "p1", price: "1.2345", quantity: 2 }, { sku: "p2" }],
    utm: { source: "mail", medium: "news", campaign: "spring" },
    device: { user_agent: "Mozilla/5.0", os: "Linux", mobile: false },
    geo: { country: "KW", city: "Kuwait", lat: 29.4, lon: 47.9 },
  });
  assert.equal(row.amount, 2_469);
  assert.deepEqual(row.items, [{ product_id: "p1", amount: 2_469, quantity: 2 }, {
    product_id: "p2",
    quantity: 1,
  }]);
  assert.deepEqual(
    [row.store_id, row.page, row.product_id, row.order_id, row.coupon, row.quantity, row.currency],
    ["north", "/thanks", "p1", "o1", "SPRING", 2, "KWD"],
  );
  assert.deepEqual([row.utm_source, row.utm_medium, row.utm_campaign], ["mail", "news", "spring"]);
  assert.deepEqual([row.user_agent, row.os, row.mobile], ["Mozilla/5.0", "Linux", false]);
  assert.deepEqual([row.country, row.city, row.lat, row.lon], ["KW", "Kuwait", 29.4, 47.9]);
  assert.equal(row.unknown_fields, undefined);
});

Deno.test("an unknown type keeps its name", () => {
  const row = rowOf({ event_type: "wishlist" });
  assert.deepEqual([row.event_type, row.type_name], ["other", "wishlist"]);
});

Deno.test("fields that the contract does not list are kept as JSON", () => {
  const row = rowOf({ price: 1, experiment: { name: "b", arms: [1, 2] }, __proto__x: null, toString: "t" });
  assert.deepEqual(JSON.parse(row.unknown_fields), {
    experiment: { name: "b", arms: [1, 2] },
    __proto__x: null,
    toString: "t",
  });
});
