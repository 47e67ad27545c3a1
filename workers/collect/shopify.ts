import { type CurrencyCode, MoneySum, parseCurrency, toDecimal } from "@countinghouse/core";
import { type Candidate, candidate } from "./candidate.ts";
import { firstOf, idOf, isObject, type JsonObject, mapObjects, objectOf } from "./read_json.ts";

/**
 * A webhook of Shopify (https://shopify.dev/docs/api/webhooks) as an event; undefined for topics that are none of
 * ours, and for a shop's own test orders. An order that is announced as created and again as paid is one purchase.
 *
 * @param topic The header X-Shopify-Topic.
 */
export function mapShopifyWebhook(topic: string, webhook: JsonObject): Candidate | undefined {
  if (webhook["test"] === true) return undefined;
  switch (topic) {
    case "orders/create":
    case "orders/paid":
      return candidate(mapOrder(webhook));
    case "refunds/create":
      return candidate(mapRefund(webhook));
    default:
      return undefined;
  }
}

/** The order's value is its subtotal: after discounts, before shipping and taxes. */
function mapOrder(order: JsonObject): JsonObject {
  const client = objectOf(order["client_details"]);
  const address = objectOf(firstOf(order["billing_address"], order["shipping_address"]));
  const [discount] = Array.isArray(order["discount_codes"]) ? order["discount_codes"] : [];
  return {
    event_id: `shopify-order-${order["id"]}`,
    event_type: "purchase",
    event_ts: firstOf(order["processed_at"], order["created_at"]),
    user_id: customerOf(order),
    session_id: idOf(firstOf(order["cart_token"], order["checkout_token"], `order-${order["id"]}`)),
    order_id: idOf(order["id"]),
    value: firstOf(order["current_subtotal_price"], order["subtotal_price"], order["total_price"]),
    currency: order["currency"],
    coupon: objectOf(discount)["code"],
    items: mapObjects(order["line_items"], mapLine),
    utm: campaignOf(order["landing_site"]),
    device: { user_agent: client["user_agent"] },
    geo: { country: address["country_code"], city: address["city"] },
  };
}

/** The refund's value is that of the goods given back; where none are, the money that was paid back. */
function mapRefund(refund: JsonObject): JsonObject {
  const lines = objectsIn(refund["refund_line_items"]);
  const payments = objectsIn(refund["transactions"]).filter(({ kind, status }) =>
    kind === "refund" && (status === undefined || status === "success")
  );
  const amounts = lines.length > 0 ? lines.map(lineAmount) : payments.map(({ amount }) => amount);
  const currency = firstOf(lines.map(lineCurrency)[0], payments[0]?.["currency"], refund["currency"]);
  return {
    event_id: `shopify-refund-${refund["id"]}`,
    event_type: "refund",
    event_ts: firstOf(refund["processed_at"], refund["created_at"]),
    user_id: `order-${refund["order_id"]}`,
    session_id: `order-${refund["order_id"]}`,
    order_id: idOf(refund["order_id"]),
    value: sum(amounts, currency),
    currency,
    items: lines.map(({ line_item, quantity }) => ({ ...mapLine(objectOf(line_item)), quantity })),
  };
}

function mapLine({ product_id, sku, price, quantity }: JsonObject): JsonObject {
  return { product_id: idOf(firstOf(product_id, sku)), price, quantity };
}

/** Guests have no customer: each of their orders is somebody's of its own. */
function customerOf(order: JsonObject): unknown {
  return idOf(firstOf(objectOf(order["customer"])["id"], `order-${order["id"]}`));
}

/** The shop's money as text, which has all its digits; `subtotal` beside it is a rounded number. */
function lineAmount(line: JsonObject): unknown {
  return firstOf(objectOf(objectOf(line["subtotal_set"])["shop_money"])["amount"], line["subtotal"]);
}

function lineCurrency(line: JsonObject): unknown {
  return objectOf(objectOf(line["subtotal_set"])["shop_money"])["currency_code"];
}

/** The exact sum; the first amount that is none in its place, for the decoder to refuse. */
function sum(amounts: readonly unknown[], currency: unknown): unknown {
  if (amounts.length === 0) return undefined;
  const wrong = amounts.find((amount) => !isAmount(amount));
  if (wrong !== undefined) return wrong;
  const code = (typeof currency === "string" ? parseCurrency(currency) : undefined) ?? "USD" as CurrencyCode;
  const total = new MoneySum(code);
  for (const amount of amounts.filter(isAmount)) total.add(amount, 1);
  const minor = total.total();
  return minor === undefined ? String(amounts[0]) : toDecimal(minor, code);
}

function isAmount(value: unknown): value is number | string {
  return typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" && /^-?\d{1,30}(\.\d{1,30})?$/.test(value);
}

/** `utm_` parameters of the page on which the visit began, as Shopify has it: a path. */
function campaignOf(landingSite: unknown): JsonObject {
  if (typeof landingSite !== "string") return {};
  const query = new URLSearchParams(landingSite.split("?")[1] ?? "");
  const get = (name: string) => query.get(`utm_${name}`) ?? undefined;
  return { source: get("source"), medium: get("medium"), campaign: get("campaign") };
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
