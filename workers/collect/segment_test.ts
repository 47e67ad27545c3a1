import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "@countinghouse/core";
import { post, testCollector } from "./app_fixture.ts";
import type { JsonObject } from "./read_json.ts";
import { mapSegmentMessage } from "./segment.ts";

const RECEIVED_AT = "2026-03-01T12:00:00.500Z";

function message(fields: JsonObject = {}): JsonObject {
  return {
    messageId: "m1",
    timestamp: "2026-03-01T11:59:00.000Z",
    anonymousId: "anon",
    userId: "ann",
    ...fields,
  };
}

/** The event of a message, without what is undefined. */
function eventOf(sent: JsonObject): JsonObject {
  const mapped = mapSegmentMessage(sent, undefined, RECEIVED_AT);
  return JSON.parse(new TextDecoder().decode(mapped!.value));
}

function track(event: string, properties: JsonObject): JsonObject {
  return eventOf(message({ type: "track", event, properties }));
}

Deno.test("the events of the e-commerce specification are ours by their meaning", () => {
  const meanings: readonly (readonly [string, string])[] = [
    ["Products Searched", "search"],
    ["Product Viewed", "view_item"],
    ["Product Added", "add_to_cart"],
    ["Product Removed", "remove_from_cart"],
    ["Checkout Started", "begin_checkout"],
    ["Order Completed", "purchase"],
    ["Order Refunded", "refund"],
    ["order completed", "purchase"],
    ["Coupon Applied", "Coupon Applied"],
  ];
  for (const [name, type] of meanings) equal(track(name, {})["event_type"], type);
});

Deno.test("a product event has its product, with the price as it was sent", () => {
  const { product_id, price, quantity, currency, coupon } = track("Product Added", {
    product_id: 507,
    price: "18.990",
    quantity: 2,
    currency: "EUR",
    coupon: "MAY",
  });
  deepEqual([product_id, price, quantity, currency, coupon], ["507", "18.990", 2, "EUR", "MAY"]);
});

Deno.test("an order is worth its subtotal, or its revenue, or what its products cost, or its total", () => {
  const products = [{ sku: "G-32", price: 19, quantity: 1 }];
  const order = (properties: JsonObject) => track("Order Completed", { order_id: 50314907, ...properties });
  equal(order({ subtotal: 22.5, revenue: 25, total: 27.5, products })["value"], 22.5);
  equal(order({ revenue: "25.00", total: 27.5, products })["value"], "25.00");
  equal(order({ total: 27.5, products })["value"], undefined);
  equal(order({ total: 27.5 })["value"], 27.5);
  equal(order({})["order_id"], "50314907");
  deepEqual(order({ products })["items"], [{ product_id: "G-32", price: 19, quantity: 1 }]);
});

Deno.test("a refund is what is given back", () => {
  equal(track("Order Refunded", { order_id: "o1", total: 30 })["value"], 30);
});

Deno.test("a page is a page view, with where it was, whence and on what", () => {
  const context = {
    page: { path: "/academy/" },
    campaign: { name: "TPS", source: "Newsletter", medium: "email" },
    userAgent: "Mozilla/5.0",
    ip: "203.0.113.7",
  };
  const { event_type, page, utm, device, geo } = eventOf(message({ type: "page", context }));
  deepEqual([event_type, page], ["page_view", "/academy/"]);
  deepEqual(utm, { source: "Newsletter", medium: "email", campaign: "TPS" });
  deepEqual([device, geo], [{ user_agent: "Mozilla/5.0" }, {}]);
});

Deno.test("a visitor is its user, or nobody we know; its session goes by the device", () => {
  const { user_id, session_id, event_id, event_ts } = eventOf(message({ type: "page" }));
  deepEqual([user_id, session_id, event_id, event_ts], ["ann", "anon", "m1", "2026-03-01T11:59:00.000Z"]);
  const unknown = eventOf(message({ type: "page", userId: null, timestamp: undefined }));
  deepEqual([unknown["user_id"], unknown["event_ts"]], ["anon", RECEIVED_AT]);
});

Deno.test("who somebody is, is no event", () => {
  for (const type of ["identify", "group", "alias"]) {
    equal(mapSegmentMessage(message({ type }), undefined, RECEIVED_AT), undefined);
  }
});

Deno.test("whatever is sent, the mapper does not throw, and money goes through it unchanged", () => {
  const anything = fc.dictionary(
    fc.constantFrom("type", "event", "properties", "context", "userId", "messageId", "timestamp", "products"),
    fc.anything({ withNullPrototype: false, maxDepth: 3 }).filter((value) => typeof value !== "bigint"),
  );
  fc.assert(fc.property(fc.jsonValue(), anything, (json, fields) => {
    mapSegmentMessage({ type: "track", properties: json } as JsonObject, undefined, RECEIVED_AT);
    mapSegmentMessage(
      JSON.parse(JSON.stringify(fields, (_, v) => typeof v === "bigint" ? "big" : v)),
      "track",
      RECEIVED_AT,
    );
  }));
  const cents = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 50 })), { minLength: 1 }),
      fc.boolean(),
      (lines, asText) => {
        const products = lines.map(([amount, quantity]) => ({
          product_id: "p",
          price: asText ? (amount / 100).toFixed(2) : amount / 100,
          quantity,
        }));
        const sent = message({
          type: "track",
          event: "Order Completed",
          properties: { order_id: "o", currency: "EUR", products },
        });
        const decoded = decodeEvent(mapSegmentMessage(sent, undefined, RECEIVED_AT)!.value);
        const total = lines.reduce((sum, [amount, quantity]) => sum + amount * quantity, 0);
        equal(decoded.ok ? decoded.value.amount : decoded.refusal.reason, total);
      },
    ),
  );
});

Deno.test("the routes answer as Segment's libraries expect, count what they ignore, and derive a missing id", async () => {
  const { app, events } = testCollector();
  const { messageId: _, ...nameless } = message({ event: "Product Viewed" });
  for (const _time of [1, 2]) equal((await post(app, "/v1/track", nameless)).status, 200);
  const ids = events().map(({ event }) => event["event_id"]);
  equal(ids[0], ids[1]);
  const batch = [message({ type: "page" }), message({ type: "identify" }), message({ type: "party" }), 7];
  const response = await post(app, "/v1/batch", { batch, context: { page: { path: "/shared" } } });
  equal(response.status, 200);
  const { success, accepted, rejected, ignored } = await response.json();
  deepEqual([success, accepted, rejected, ignored], [true, 1, 2, 1]);
  equal(events().at(-1)!.event["page"], "/shared");
  deepEqual(await (await post(app, "/v1/identify", message())).json(), {
    success: true,
    accepted: 0,
    rejected: 0,
    ignored: 1,
    errors: [],
  });
});
