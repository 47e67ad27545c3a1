import { type Candidate, candidate } from "./candidate.ts";
import { firstOf, idOf, isObject, type JsonObject, mapObjects, objectOf } from "./read_json.ts";

/** The kinds of messages of Segment's HTTP tracking API. */
export const SEGMENT_TYPES = ["track", "page", "screen", "identify", "group", "alias"] as const;

/** One of {@link SEGMENT_TYPES}. */
export type SegmentType = typeof SEGMENT_TYPES[number];

/** The events of Segment's e-commerce specification that have a meaning here, by their names in small letters. */
const EVENT_TYPE_OF: ReadonlyMap<string, string> = new Map([
  ["products searched", "search"],
  ["product viewed", "view_item"],
  ["product added", "add_to_cart"],
  ["product removed", "remove_from_cart"],
  ["checkout started", "begin_checkout"],
  ["order completed", "purchase"],
  ["order refunded", "refund"],
]);

/**
 * A message of Segment's tracking API (https://segment.com/docs/connections/spec/) as an event; undefined for those
 * that tell who somebody is and not what they do. An event that its e-commerce specification has and we don't keeps
 * its name and counts as "other".
 *
 * @param typeOfRoute What the message is, where its route says so; else its own `type` does.
 * @param receivedAt The time of a message that has none.
 */
export function mapSegmentMessage(
  message: JsonObject,
  typeOfRoute: SegmentType | undefined,
  receivedAt: string,
): Candidate | undefined {
  const type = typeOfRoute ?? message["type"];
  switch (type) {
    case "track":
      return candidate(mapTrack(message, receivedAt), identityOf(message));
    case "page":
    case "screen":
      return candidate({ ...common(message, receivedAt), event_type: "page_view" }, identityOf(message));
    case "identify":
    case "group":
    case "alias":
      return undefined;
    default:
      // Not one of Segment's: as it came, for the decoder to refuse.
      return candidate(message);
  }
}

function mapTrack(message: JsonObject, receivedAt: string): JsonObject {
  const properties = objectOf(message["properties"]);
  const name = message["event"];
  const type = typeof name === "string" ? EVENT_TYPE_OF.get(name.trim().toLowerCase()) ?? name : name;
  return {
    ...common(message, receivedAt),
    event_type: type,
    product_id: idOf(firstOf(properties["product_id"], properties["sku"])),
    price: properties["price"],
    quantity: properties["quantity"],
    currency: properties["currency"],
    coupon: properties["coupon"],
    order_id: idOf(properties["order_id"]),
    items: mapObjects(properties["products"], mapProduct),
    value: type === "purchase" || type === "refund" ? orderValue(type, properties) : undefined,
    query: properties["query"],
  };
}

/**
 * An order's money without shipping and taxes, which is `subtotal`, or `revenue`; where neither is there, its
 * products' prices, and without those `total`. Of a refund it is `total`, as that is what is given back.
 */
function orderValue(type: "purchase" | "refund", properties: JsonObject): unknown {
  const { subtotal, revenue, total, value, products } = properties;
  if (type === "refund") return firstOf(total, revenue, value);
  const hasPrices = Array.isArray(products) &&
    products.some((product) => isObject(product) && firstOf(product["price"]) !== undefined);
  return firstOf(subtotal, revenue, ...(hasPrices ? [] : [total, value]));
}

function common(message: JsonObject, receivedAt: string): JsonObject {
  const properties = objectOf(message["properties"]);
  const context = objectOf(message["context"]);
  const page = objectOf(context["page"]);
  const campaign = objectOf(context["campaign"]);
  const user = idOf(firstOf(message["userId"], message["anonymousId"]));
  return {
    event_id: idOf(message["messageId"]),
    event_ts: firstOf(message["timestamp"], message["originalTimestamp"], receivedAt),
    user_id: user,
    // Segment has no sessions of its own; one user's ends after half an hour without an event in any case.
    session_id: idOf(firstOf(properties["session_id"], context["sessionId"], message["anonymousId"], user)),
    store_id: idOf(properties["store_id"]),
    page: firstOf(properties["path"], page["path"], message["name"]),
    utm: { source: campaign["source"], medium: campaign["medium"], campaign: campaign["name"] },
    device: { user_agent: context["userAgent"], os: objectOf(context["os"])["name"] },
    geo: { country: objectOf(context["location"])["country"] },
  };
}

function mapProduct({ product_id, sku, price, quantity }: JsonObject): JsonObject {
  return { product_id: idOf(firstOf(product_id, sku)), price, quantity };
}

/** A message without an id is the same one when all of it is the same, its own time included. */
function identityOf(message: JsonObject): string {
  return `segment ${JSON.stringify(message)}`;
}
