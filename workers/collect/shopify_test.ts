import { deepEqual, equal } from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { decodeEvent } from "@countinghouse/core";
import { post, testCollector } from "./app_fixture.ts";
import type { JsonObject } from "./read_json.ts";
import { mapShopifyWebhook } from "./shopify.ts";

const SECRET = "hush-hush-hush-hush";
const ORDER: JsonObject = {
  id: 820982911946154508,
  created_at: "2026-03-01T07:00:00-05:00",
  currency: "EUR",
  subtotal_price: "398.00",
  total_price: "409.94",
  browser_ip: "203.0.113.7",
  client_details: { user_agent: "Mozilla/5.0", browser_ip: "203.0.113.7" },
  cart_token: "c1",
  customer: { id: 115310627314723954 },
  billing_address: { country_code: "DE", city: "Köln" },
  discount_codes: [{ code: "MAY" }],
  landing_site: "/shoes?utm_source=news&utm_medium=email",
  line_items: [{ product_id: 632910392, price: "199.00", quantity: 2 }],
};
const REFUND: JsonObject = {
  id: 890088186047892319,
  order_id: 450789469,
  created_at: "2026-03-02T07:00:00-05:00",
  refund_line_items: [{
    quantity: 1,
    subtotal: 199,
    subtotal_set: { shop_money: { amount: "199.00", currency_code: "EUR" } },
    line_item: { product_id: 632910392, price: "199.00", quantity: 2 },
  }],
  transactions: [{ kind: "refund", status: "success", amount: "210.94", currency: "EUR" }],
};

function eventOf(topic: string, webhook: JsonObject): JsonObject {
  return JSON.parse(new TextDecoder().decode(mapShopifyWebhook(topic, webhook)!.value));
}

const sign = (body: string, secret = SECRET) => createHmac("sha256", secret).update(body).digest("base64");
const webhook = (topic: string, body: string, signature = sign(body)) => ({
  "x-shopify-topic": topic,
  "x-shopify-hmac-sha256": signature,
});

Deno.test("an order is a purchase at its subtotal, and no address goes along", () => {
  const order = eventOf("orders/create", ORDER);
  deepEqual([order["event_type"], order["value"], order["currency"], order["coupon"]], [
    "purchase",
    "398.00",
    "EUR",
    "MAY",
  ]);
  deepEqual(order["items"], [{ product_id: "632910392", price: "199.00", quantity: 2 }]);
  deepEqual(order["utm"], { source: "news", medium: "email" });
  deepEqual(order["geo"], { country: "DE", city: "Köln" });
  equal(JSON.stringify(order).includes("203.0.113.7"), false);
});

Deno.test("an order that is created and then paid is one event", () => {
  equal(eventOf("orders/create", ORDER)["event_id"], eventOf("orders/paid", ORDER)["event_id"]);
});

Deno.test("a refund is the goods given back; where there are none, the money", () => {
  const { event_type, value, currency, order_id } = eventOf("refunds/create", REFUND);
  deepEqual([event_type, value, currency, order_id], ["refund", 199, "EUR", "450789469"]);
  equal(eventOf("refunds/create", { ...REFUND, refund_line_items: [] })["value"], 210.94);
  const failed = [{ kind: "refund", status: "failure", amount: "5.00" }];
  equal(
    eventOf("refunds/create", { ...REFUND, refund_line_items: [], transactions: failed })["value"],
    undefined,
  );
});

Deno.test("other topics, and a shop's test orders, are none of ours", () => {
  equal(mapShopifyWebhook("orders/cancelled", ORDER), undefined);
  equal(mapShopifyWebhook("orders/create", { ...ORDER, test: true }), undefined);
});

Deno.test("the lines of a refund add up exactly", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }), (cents) => {
    const lines = cents.map((amount) => ({
      subtotal_set: { shop_money: { amount: (amount / 100).toFixed(2), currency_code: "EUR" } },
      quantity: 1,
    }));
    const mapped = mapShopifyWebhook("refunds/create", { ...REFUND, refund_line_items: lines });
    const decoded = decodeEvent(mapped!.value);
    equal(
      decoded.ok ? decoded.value.amount : decoded.refusal.reason,
      cents.reduce((sum, amount) => sum + amount, 0),
    );
  }));
});

Deno.test("whatever is sent, the mapper does not throw", () => {
  const topic = fc.constantFrom("orders/create", "refunds/create");
  const name = fc.constantFrom(...Object.keys(ORDER), ...Object.keys(REFUND));
  fc.assert(fc.property(topic, fc.dictionary(name, fc.jsonValue()), (topic, fields) => {
    mapShopifyWebhook(topic, JSON.parse(JSON.stringify(fields)));
  }));
});

Deno.test("a webhook is taken with its signature only", async () => {
  const { app, events } = testCollector({ shopifySecret: SECRET });
  const body = JSON.stringify(ORDER);
  equal((await post(app, "/v1/shopify", body, webhook("orders/create", body))).status, 200);
  equal(events().length, 1);
  const wrong = ["", "AAAA", "not base64!", sign(body, "another secret"), sign(`${body} `)];
  for (const signature of wrong) {
    equal(
      (await post(app, "/v1/shopify", body, webhook("orders/create", body, signature))).status,
      401,
      signature,
    );
  }
  equal((await post(app, "/v1/shopify", body)).status, 401);
  equal((await post(testCollector().app, "/v1/shopify", body, webhook("orders/create", body))).status, 404);
  equal(events().length, 1);
});

Deno.test("a signed webhook that is ignored or refused is not asked for again", async () => {
  const { app, deadLetters } = testCollector({ shopifySecret: SECRET });
  for (
    const [topic, order] of [["orders/cancelled", ORDER], ["orders/create", {
      ...ORDER,
      subtotal_price: "x",
    }]] as const
  ) {
    const body = JSON.stringify(order);
    equal((await post(app, "/v1/shopify", body, webhook(topic, body))).status, 200);
  }
  equal(deadLetters().length, 1);
});
