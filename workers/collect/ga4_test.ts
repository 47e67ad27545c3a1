import { deepEqual, equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "@countinghouse/core";
import { post, testCollector } from "./app_fixture.ts";
import { mapGa4Request } from "./ga4.ts";
import type { JsonObject } from "./read_json.ts";

const RECEIVED_MS = Date.parse("2026-03-01T12:00:00.500Z");
const MICROS = String(Date.parse("2026-03-01T11:00:00.123Z") * 1_000);

const request = (name: string, params: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  client_id: "555.777",
  timestamp_micros: MICROS,
  events: [{ name, params }],
  ...more,
});

function eventOf(sent: JsonObject): JsonObject {
  return JSON.parse(new TextDecoder().decode(mapGa4Request(sent, RECEIVED_MS)[0]!.value));
}

Deno.test("GA4's e-commerce events have our names, and the others keep theirs", () => {
  const kept = [
    "page_view",
    "view_item",
    "search",
    "add_to_cart",
    "remove_from_cart",
    "begin_checkout",
    "purchase",
  ];
  for (const name of [...kept, "refund", "view_cart"]) equal(eventOf(request(name))["event_type"], name);
  equal(eventOf(request("view_search_results"))["event_type"], "search");
});

Deno.test("a purchase has its transaction, its value and its items", () => {
  const items = [{ item_id: "SKU_1", item_name: "Shirt", price: 10.01, quantity: 3, discount: 2 }];
  const sent = request("purchase", {
    transaction_id: "T1",
    currency: "EUR",
    value: 30.03,
    coupon: "MAY",
    items,
  });
  const { order_id, currency, value, coupon, product_id, items: mapped } = eventOf(sent);
  deepEqual([order_id, currency, value, coupon, product_id], ["T1", "EUR", 30.03, "MAY", "SKU_1"]);
  deepEqual(mapped, [{ product_id: "SKU_1", price: 10.01, quantity: 3 }]);
});

Deno.test("time is that of the event, of the request, or of arrival", () => {
  equal(eventOf(request("search"))["event_ts"], "2026-03-01T11:00:00.123Z");
  const own = request("search", {}, { events: [{ name: "search", timestamp_micros: 1_000_000 }] });
  equal(eventOf(own)["event_ts"], "1970-01-01T00:00:01.000Z");
  equal(
    eventOf(request("search", {}, { timestamp_micros: undefined }))["event_ts"],
    "2026-03-01T12:00:00.500Z",
  );
});

Deno.test("a visitor is its user or its client, its session the one that GA4 counts", () => {
  const { user_id, session_id } = eventOf(request("search", { session_id: 123 }, { user_id: "ann" }));
  deepEqual([user_id, session_id], ["ann", "123"]);
  const client = eventOf(request("search"));
  deepEqual([client["user_id"], client["session_id"]], ["555.777", "555.777"]);
});

Deno.test("whatever is sent, the mapper does not throw", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (params, value) => {
    mapGa4Request({ events: params }, RECEIVED_MS);
    mapGa4Request(
      { client_id: value, timestamp_micros: value, events: [{ name: value, params }] } as JsonObject,
      RECEIVED_MS,
    );
  }));
});

Deno.test("a time that is an object with a toString of its own is left for the decoder to refuse", () => {
  const odd = { toString: 0 } as unknown as JsonObject;
  const [mapped] = mapGa4Request(
    { events: [{ name: "purchase", timestamp_micros: odd }] } as JsonObject,
    RECEIVED_MS,
  );
  deepEqual(JSON.parse(new TextDecoder().decode(mapped!.value)).event_ts, { toString: 0 });
});

Deno.test("money goes through it exactly", () => {
  const cents = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 50 })), { minLength: 1 }), (lines) => {
      const items = lines.map(([amount, quantity]) => ({ item_id: "p", price: amount / 100, quantity }));
      const sent = request("purchase", { transaction_id: "T1", currency: "EUR", items });
      const [mapped] = mapGa4Request(sent, RECEIVED_MS);
      const decoded = decodeEvent(new TextEncoder().encode(JSON.stringify({
        ...JSON.parse(new TextDecoder().decode(mapped!.value)),
        event_id: "e",
      })));
      const total = lines.reduce((sum, [amount, quantity]) => sum + amount * quantity, 0);
      equal(decoded.ok ? decoded.value.amount : decoded.refusal.reason, total);
    }),
  );
});

Deno.test("a request that is sent again has the same event ids, another one has others", async () => {
  const { app, events } = testCollector();
  const path = "/mp/collect?measurement_id=G-1&api_secret=s";
  const twice = request("add_to_cart", { value: 1, currency: "EUR" });
  const other = request("add_to_cart", { value: 2, currency: "EUR" });
  for (const sent of [twice, twice, other]) equal((await post(app, path, sent)).status, 204);
  const [first, again, third] = events().map(({ event }) => event["event_id"]);
  equal(first, again);
  notEqual(first, third);
  const problem = await post(app, path, request("purchase", { value: "much" }));
  equal(problem.status, 400);
});
