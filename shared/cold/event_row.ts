import type { EventItem, EventJson, LogRecord, ShopEvent } from "@countinghouse/core";

/**
 * A row of the table `events`, as JSONEachRow takes it: a field left out is the column's default, which is "" for
 * a text (an event's text is never empty, so "" says that it had none) and NULL for the rest. Times are
 * milliseconds since the epoch, which is how DateTime64(3) reads a whole number.
 */
export interface EventRow {
  readonly partition: number;
  readonly offset: number;
  readonly append_time: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly type_name: string;
  readonly event_time: number;
  readonly user_id: string;
  readonly session_id: string;
  readonly store_id: string;
  readonly page: string | undefined;
  readonly product_id: string | undefined;
  readonly order_id: string | undefined;
  readonly coupon: string | undefined;
  readonly quantity: number;
  readonly currency: string | undefined;
  /** In the currency's minor units, exact. */
  readonly amount: number | undefined;
  readonly items: readonly ItemRow[] | undefined;
  readonly utm_source: string | undefined;
  readonly utm_medium: string | undefined;
  readonly utm_campaign: string | undefined;
  readonly user_agent: string | undefined;
  readonly os: string | undefined;
  readonly mobile: boolean | undefined;
  readonly country: string | undefined;
  readonly city: string | undefined;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  /** The event's fields that have no column, as a JSON object. */
  readonly unknown_fields: string | undefined;
}

/** A line of an order in {@link EventRow}. */
export interface ItemRow {
  readonly product_id: string | undefined;
  readonly amount: number | undefined;
  readonly quantity: number;
}

/** The row of an event that was decoded from a record. */
export function eventRow(event: ShopEvent, record: LogRecord, partition: number): EventRow {
  return {
    partition,
    offset: record.offset,
    append_time: record.appendTimeMs,
    event_id: event.eventId,
    event_type: event.type,
    type_name: event.typeName,
    event_time: event.eventTimeMs,
    user_id: event.userId,
    session_id: event.sessionId,
    store_id: event.storeId,
    page: event.page,
    product_id: event.productId,
    order_id: event.orderId,
    coupon: event.coupon,
    quantity: event.quantity,
    currency: event.currency,
    amount: event.amount,
    items: event.items.length === 0 ? undefined : event.items.map(itemRow),
    utm_source: event.utmSource,
    utm_medium: event.utmMedium,
    utm_campaign: event.utmCampaign,
    user_agent: event.userAgent,
    os: event.os,
    mobile: event.mobile,
    country: event.country,
    city: event.city,
    lat: event.lat,
    lon: event.lon,
    unknown_fields: record.value === null ? undefined : unknownFields(record.value),
  };
}

function itemRow({ productId, amount, quantity }: EventItem): ItemRow {
  return { product_id: productId, amount, quantity };
}

/** The fields that the contract lists; the compiler asks for each of them. */
const KNOWN: Readonly<Record<keyof EventJson, true>> = {
  event_id: true,
  event_type: true,
  event_ts: true,
  user_id: true,
  session_id: true,
  store_id: true,
  page: true,
  product_id: true,
  order_id: true,
  coupon: true,
  price: true,
  quantity: true,
  value: true,
  currency: true,
  items: true,
  utm: true,
  device: true,
  geo: true,
};

const decoder = new TextDecoder();

/** Parsing twice costs 1-2 us; the decoder has no use for these fields, and the log forgets them. */
function unknownFields(value: Uint8Array): string | undefined {
  const json: Readonly<Record<string, unknown>> = JSON.parse(decoder.decode(value));
  let unknown: Record<string, unknown> | undefined;
  for (const name in json) {
    if (Object.hasOwn(KNOWN, name)) continue;
    unknown ??= {};
    unknown[name] = json[name];
  }
  return unknown === undefined ? undefined : JSON.stringify(unknown);
}
