import type { Numeric } from "./decimal.ts";
import { EVENT_TYPES, type EventItem, type EventType, type ShopEvent } from "./event.ts";
import type { DeviceJson, EventJson, GeoJson, ItemJson, UtmJson } from "./event_json.ts";
import { FieldReader } from "./field_reader.ts";
import { nestsDeeperThan } from "./json_depth.ts";
import { jsonErrorAt } from "./json_error.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";
import { lineAmount, MoneySum } from "./money_sum.ts";
import type { Decoded, RefusalCode } from "./refusal.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The largest event: 1 MiB of JSON. */
export const LARGEST_EVENT_BYTES = 1_048_576;
/** The deepest nesting of objects and arrays in an event, the event itself included. */
export const DEEPEST_NESTING = 64;
/** The store of an event that names none. */
export const DEFAULT_STORE = "default";
/** The currency of money that names none, where the settings name none either. */
export const FALLBACK_CURRENCY = "USD" as CurrencyCode;

/** What a decoder can be told. */
export interface DecodeOptions {
  /** The currency of money that names none; {@link FALLBACK_CURRENCY} where left out. */
  readonly defaultCurrency?: CurrencyCode | undefined;
}

const NO_FIELDS: DecodeOptions & UtmJson & DeviceJson & GeoJson = {};
const NO_LINES: Lines = { items: [], total: undefined };
const TYPE_OF: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((type) => [type, type]));

/**
 * Reads one event from the bytes of its JSON. Never throws: what can't be read is refused, with the field and the
 * reason. The rules are in the README of this folder.
 */
export function decodeEvent(
  value: Uint8Array | null,
  options: DecodeOptions = NO_FIELDS,
): Decoded<ShopEvent> {
  if (value === null) return refused("missing", "an event", "it has no value");
  if (value.byteLength === 0) return refused("empty", "an event", "it is empty");
  if (value.byteLength > LARGEST_EVENT_BYTES) {
    return refused("too_large", `at most ${LARGEST_EVENT_BYTES} bytes`, `it has ${value.byteLength}`);
  }
  const text = decodeUtf8(value);
  if (text === undefined) return refused("not_utf8", "UTF-8", "it has bytes that are not");
  if (nestsDeeperThan(DEEPEST_NESTING, text)) {
    return refused("too_deep", `at most ${DEEPEST_NESTING} nested levels`, "it nests deeper");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused("not_json", "JSON", whatIsWrong(text));
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return refused("not_an_object", "a JSON object", `it is ${kindOf(json)}`);
  }
  return readEvent(json as EventJson, options.defaultCurrency ?? FALLBACK_CURRENCY);
}

function readEvent(json: EventJson, defaultCurrency: CurrencyCode): Decoded<ShopEvent> {
  const read = new FieldReader();
  const eventId = read.requiredId(json.event_id, "event_id");
  const typeName = read.requiredText(json.event_type, "event_type");
  const eventTimeMs = read.requiredTime(json.event_ts, "event_ts");
  const userId = read.requiredId(json.user_id, "user_id");
  const sessionId = read.requiredId(json.session_id, "session_id");
  const sentCurrency = read.currency(json.currency, "currency");
  const currency = sentCurrency ?? defaultCurrency;
  const quantity = read.numeric(json.quantity, "quantity") ?? 1;
  const lines = readLines(json, currency, read);
  const amount = readAmount(json, quantity, lines, currency, read);
  const utm: UtmJson = read.object(json.utm, "utm") ?? NO_FIELDS;
  const device: DeviceJson = read.object(json.device, "device") ?? NO_FIELDS;
  const geo: GeoJson = read.object(json.geo, "geo") ?? NO_FIELDS;
  const event: ShopEvent = {
    eventId,
    type: TYPE_OF.get(typeName) ?? "other",
    typeName,
    eventTimeMs,
    userId,
    sessionId,
    storeId: read.id(json.store_id, "store_id") ?? DEFAULT_STORE,
    page: read.text(json.page, "page"),
    productId: read.text(json.product_id, "product_id"),
    orderId: read.id(json.order_id, "order_id"),
    coupon: read.text(json.coupon, "coupon"),
    quantity: Number(quantity),
    currency: amount === undefined ? sentCurrency : currency,
    amount,
    items: lines.items,
    utmSource: read.text(utm.source, "utm.source"),
    utmMedium: read.text(utm.medium, "utm.medium"),
    utmCampaign: read.text(utm.campaign, "utm.campaign"),
    userAgent: read.text(device.user_agent, "device.user_agent"),
    os: read.text(device.os, "device.os"),
    mobile: read.flag(device.mobile, "device.mobile"),
    country: read.text(geo.country, "geo.country"),
    city: read.text(geo.city, "geo.city"),
    lat: read.number(geo.lat, "geo.lat"),
    lon: read.number(geo.lon, "geo.lon"),
  };
  return read.refusal === undefined ? { ok: true, value: event } : { ok: false, refusal: read.refusal };
}

/** The lines of an order, and what they add up to; undefined when none of them has a price. */
interface Lines {
  readonly items: readonly EventItem[];
  readonly total: MinorUnits | undefined;
}

function readLines(json: EventJson, currency: CurrencyCode, read: FieldReader): Lines {
  const sent = read.array(json.items, "items");
  if (sent === undefined || sent.length === 0) return NO_LINES;
  const sum = new MoneySum(currency);
  const items: EventItem[] = [];
  let anyPrice = false;
  for (let at = 0; at < sent.length && read.refusal === undefined; at++) {
    read.item = at;
    const item = readItem(sent[at], sum, read);
    anyPrice ||= item.amount !== undefined;
    items.push(item);
  }
  read.item = -1;
  return { items, total: anyPrice ? read.amount(sum.total(), "items", sent) : undefined };
}

function readItem(sent: unknown, sum: MoneySum, read: FieldReader): EventItem {
  const json: ItemJson = read.requiredObject(sent, "") ?? NO_FIELDS;
  const price = read.numeric(json.price, "price");
  const quantity = read.numeric(json.quantity, "quantity") ?? 1;
  return {
    productId: read.text(json.product_id, "product_id") ?? read.text(json.sku, "sku") ??
      read.text(json.id, "id"),
    amount: price === undefined ? undefined : read.amount(sum.add(price, quantity), "price", price),
    quantity: Number(quantity),
  };
}

function readAmount(
  json: EventJson,
  quantity: Numeric,
  lines: Lines,
  currency: CurrencyCode,
  read: FieldReader,
): MinorUnits | undefined {
  const value = read.numeric(json.value, "value");
  const price = read.numeric(json.price, "price");
  if (value !== undefined) return read.amount(lineAmount(value, 1, currency), "value", value);
  if (lines.total !== undefined) return lines.total;
  if (price !== undefined) return read.amount(lineAmount(price, quantity, currency), "price", price);
  return undefined;
}

function refused(code: RefusalCode, as: string, problem: string): Decoded<ShopEvent> {
  return { ok: false, refusal: { code, field: "", reason: `Cannot read the record as ${as}: ${problem}` } };
}

function whatIsWrong(text: string): string {
  const at = jsonErrorAt(text) ?? text.length;
  const character = text.codePointAt(at);
  if (character === undefined) return `it ends too early, at position ${at}`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(character))} at position ${at}`;
}

function kindOf(json: unknown): string {
  if (json === null) return "null";
  return Array.isArray(json) ? "an array" : `a ${typeof json}`;
}
