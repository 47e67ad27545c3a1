import type { EventRow, ItemRow } from "@countinghouse/cold/event_row";
import type {
  CurrencyCode,
  EventItem,
  EventTimeMs,
  EventType,
  MinorUnits,
  ShopEvent,
} from "@countinghouse/core";

/** The event that a row was made of: what `eventRow` undoes, but for the fields that no event has, which are left out. */
export function eventOf(row: EventRow): ShopEvent {
  return {
    eventId: row.event_id,
    type: row.event_type as EventType,
    typeName: row.type_name,
    eventTimeMs: row.event_time as EventTimeMs,
    userId: row.user_id,
    sessionId: row.session_id,
    storeId: row.store_id,
    page: row.page,
    productId: row.product_id,
    orderId: row.order_id,
    coupon: row.coupon,
    quantity: row.quantity,
    currency: row.currency as CurrencyCode | undefined,
    amount: row.amount as MinorUnits | undefined,
    items: row.items?.map(itemOf) ?? [],
    utmSource: row.utm_source,
    utmMedium: row.utm_medium,
    utmCampaign: row.utm_campaign,
    userAgent: row.user_agent,
    os: row.os,
    mobile: row.mobile,
    country: row.country,
    city: row.city,
    lat: row.lat,
    lon: row.lon,
  };
}

function itemOf({ product_id, amount, quantity }: ItemRow): EventItem {
  return { productId: product_id, amount: amount as MinorUnits | undefined, quantity };
}
