import { type Candidate, candidate } from "./candidate.ts";
import { firstOf, idOf, isObject, type JsonObject, mapObjects, objectOf } from "./read_json.ts";

/** Names of GA4 events that differ from ours; page_view, view_item, search, purchase and so on don't. */
const EVENT_TYPE_OF: ReadonlyMap<unknown, string> = new Map([
  ["view_search_results", "search"],
  ["screen_view", "page_view"],
]);

/**
 * The events of a request of GA4's Measurement Protocol
 * (https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference) as events. What is no object
 * among its `events` stays as it is, for the decoder to refuse.
 *
 * GA4 has no event ids: an event is the same one when all of it is the same, its client and time included; and a
 * purchase has its transaction. An event without a time gets the time of its arrival, and so can't be told from one
 * that is sent again.
 */
export function mapGa4Request(request: JsonObject, receivedMs: number): readonly Candidate[] {
  const events = Array.isArray(request["events"]) ? request["events"] : [];
  return events.map((event: unknown, index) => {
    if (!isObject(event)) return candidate({ event_type: event });
    const mapped = mapEvent(request, event, receivedMs);
    return candidate(mapped, identityOf(mapped, event, index));
  });
}

function mapEvent(request: JsonObject, event: JsonObject, receivedMs: number): JsonObject {
  const params = objectOf(event["params"]);
  const user = idOf(firstOf(request["user_id"], request["client_id"], request["app_instance_id"]));
  const micros = firstOf(event["timestamp_micros"], request["timestamp_micros"]);
  const device = objectOf(request["device"]);
  const item = firstItem(params["items"]);
  return {
    event_type: EVENT_TYPE_OF.get(event["name"]) ?? event["name"],
    event_ts: micros === undefined ? new Date(receivedMs).toISOString() : timeOf(micros),
    user_id: user,
    session_id: idOf(firstOf(params["session_id"], params["ga_session_id"], request["client_id"], user)),
    store_id: idOf(params["store_id"]),
    page: firstOf(params["page_location"], params["page_path"]),
    product_id: item === undefined ? undefined : productOf(item),
    currency: params["currency"],
    value: params["value"],
    coupon: params["coupon"],
    order_id: idOf(params["transaction_id"]),
    items: mapObjects(params["items"], mapItem),
    utm: { source: params["source"], medium: params["medium"], campaign: params["campaign"] },
    device: {
      user_agent: request["user_agent"],
      browser: device["browser"],
      os: device["operating_system"],
    },
    geo: {
      country: objectOf(request["user_location"])["country_id"],
      city: objectOf(request["user_location"])["city"],
    },
  };
}

/** Microseconds since the epoch, a number or its digits, as ISO 8601; anything else as it is. */
function timeOf(micros: unknown): unknown {
  // An object of JSON can have a `toString` that is none, and is then no number even for Number().
  if (typeof micros !== "number" && typeof micros !== "string") return micros;
  const milliseconds = Math.floor(Number(micros) / 1_000);
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : micros;
}

function firstItem(items: unknown): JsonObject | undefined {
  return Array.isArray(items) && isObject(items[0]) ? items[0] : undefined;
}

function mapItem(item: JsonObject): JsonObject {
  return { product_id: productOf(item), price: item["price"], quantity: item["quantity"] };
}

function productOf(item: JsonObject): unknown {
  return idOf(firstOf(item["item_id"], item["item_name"]));
}

function identityOf(mapped: JsonObject, event: JsonObject, index: number): string {
  const { event_type, order_id, store_id, user_id, event_ts } = mapped;
  if (event_type === "purchase" && order_id !== undefined) return JSON.stringify(["ga4", store_id, order_id]);
  return JSON.stringify(["ga4", store_id, user_id, event_ts, index, event]);
}
