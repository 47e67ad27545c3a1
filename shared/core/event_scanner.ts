import { LARGEST_EVENT_BYTES } from "./decode_event.ts";
import { EVENT_TYPES } from "./event.ts";
import type { EventFacts } from "./event_facts.ts";
import { FieldScanner } from "./field_scanner.ts";
import { InternTable } from "./intern_table.ts";
import { BRACE, BRACKET } from "./json_cursor.ts";
import { type ScannedLine, ScannedMoney } from "./scanned_money.ts";

/** The fields whose type matters to decodeEvent, by the bit that says that one was seen. */
const enum Field {
  event_id,
  event_type,
  event_ts,
  user_id,
  session_id,
  store_id,
  page,
  product_id,
  order_id,
  coupon,
  price,
  quantity,
  value,
  currency,
  items,
  utm,
  device,
  geo,
  sku,
  id,
  source,
  medium,
  campaign,
  user_agent,
  os,
  mobile,
  country,
  city,
  lat,
  lon,
}
const FIELDS = [
  "event_id",
  "event_type",
  "event_ts",
  "user_id",
  "session_id",
  "store_id",
  "page",
  "product_id",
  "order_id",
  "coupon",
  "price",
  "quantity",
  "value",
  "currency",
  "items",
  "utm",
  "device",
  "geo",
  "sku",
  "id",
  "source",
  "medium",
  "campaign",
  "user_agent",
  "os",
  "mobile",
  "country",
  "city",
  "lat",
  "lon",
] as const satisfies readonly (keyof typeof Field)[];
/** The first five have to be there. */
const REQUIRED = 0b11111;

const types = InternTable.of(EVENT_TYPES);

/**
 * Reads the facts of an event straight from the bytes of its record, in one pass and without JSON.parse. It knows
 * the shape that nearly all events have, and answers false where it is not sure: such an event is decodeEvent's to
 * read or to refuse, which alone says what events mean.
 */
export class EventScanner {
  readonly #read = new FieldScanner(FIELDS);
  readonly #cursor = this.#read.cursor;
  readonly #money = new ScannedMoney();
  #bytes: Uint8Array = new Uint8Array();
  /** A bit for each of {@link FIELDS} that the event has, and the object in it that is at hand. */
  #seen = 0;
  #seenInside = 0;
  #userLow = 0;
  #userHigh = 0;
  #sessionFrom = 0;
  #sessionTo = 0;

  /** Fills in the facts of one event; in doubt it answers false, and what it has filled in is void. */
  scan(bytes: Uint8Array, facts: EventFacts): boolean {
    if (bytes.length > LARGEST_EVENT_BYTES) return false;
    const cursor = this.#cursor;
    this.#read.begin(bytes);
    this.#money.begin();
    this.#bytes = bytes;
    this.#seen = 0;
    facts.clear();
    for (let more = cursor.enter(BRACE); more; more = cursor.more(BRACE)) this.#field(facts);
    if (!cursor.ended || (this.#seen & REQUIRED) !== REQUIRED) return false;
    facts.member.ofMixedAnd(this.#userLow, this.#userHigh, bytes, this.#sessionFrom, this.#sessionTo);
    return this.#money.computeInto(facts);
  }

  #field(facts: EventFacts): void {
    const cursor = this.#cursor;
    const number = this.#read.name();
    if (number >= 0) {
      if (this.#seen >> number & 1) return cursor.doubt();
      this.#seen |= 1 << number;
    }
    switch (number) {
      case Field.event_id:
        if (this.#read.requiredId()) facts.event.ofMixed(cursor.low, cursor.high);
        return;
      case Field.user_id:
        if (!this.#read.requiredId()) return;
        facts.user.ofMixed(this.#userLow = cursor.low, this.#userHigh = cursor.high);
        return;
      case Field.session_id:
        if (!this.#read.requiredId()) return;
        this.#sessionFrom = cursor.from;
        this.#sessionTo = cursor.to;
        return;
      case Field.order_id:
        facts.ordered = this.#read.id();
        if (facts.ordered) facts.order.ofMixed(cursor.low, cursor.high);
        return;
      case Field.store_id:
        if (this.#read.id()) facts.storeId = this.#read.textAtHand();
        return;
      case Field.event_type:
        if (!this.#read.isText()) return cursor.doubt();
        facts.type = EVENT_TYPES[types.find(this.#bytes, cursor.from, cursor.to, cursor.low)] ?? "other";
        return;
      case Field.event_ts:
        facts.eventTimeMs = this.#read.time();
        return;
      case Field.page:
        facts.page = this.#read.text();
        return;
      case Field.product_id:
        facts.productId = this.#read.text();
        return;
      case Field.currency:
        facts.currency = this.#read.currency();
        return;
      case Field.quantity:
        facts.quantity = this.#read.number() ?? 1;
        return;
      case Field.price:
        this.#money.price = this.#read.number() ?? NaN;
        return;
      case Field.value:
        this.#money.value = this.#read.number() ?? NaN;
        return;
      case Field.coupon:
        this.#read.isText();
        return;
      case Field.items:
        return this.#items();
      case Field.utm:
        return this.#utm(facts);
      case Field.device:
        return this.#device(facts);
      case Field.geo:
        return this.#geo(facts);
      default:
        cursor.skip();
    }
  }

  #utm(facts: EventFacts): void {
    const cursor = this.#cursor;
    if (cursor.absent()) return;
    for (let more = this.#enter(); more; more = cursor.more(BRACE)) {
      switch (this.#nameInside()) {
        case Field.source:
          facts.utmSource = this.#read.text();
          break;
        case Field.medium:
          facts.utmMedium = this.#read.text();
          break;
        case Field.campaign:
          facts.utmCampaign = this.#read.text();
          break;
        default:
          cursor.skip();
      }
    }
  }

  #device(facts: EventFacts): void {
    const cursor = this.#cursor;
    if (cursor.absent()) return;
    for (let more = this.#enter(); more; more = cursor.more(BRACE)) {
      switch (this.#nameInside()) {
        case Field.os:
          facts.os = this.#read.text();
          break;
        case Field.mobile:
          facts.mobile = this.#read.flag();
          break;
        case Field.user_agent:
          if (!cursor.absent()) cursor.skipText();
          break;
        default:
          cursor.skip();
      }
    }
  }

  #geo(facts: EventFacts): void {
    const cursor = this.#cursor;
    if (cursor.absent()) return;
    for (let more = this.#enter(); more; more = cursor.more(BRACE)) {
      switch (this.#nameInside()) {
        case Field.country:
          facts.country = this.#read.text();
          break;
        case Field.city:
          facts.city = this.#read.text();
          break;
        case Field.lat:
        case Field.lon:
          if (!cursor.absent()) cursor.number();
          break;
        default:
          cursor.skip();
      }
    }
  }

  #items(): void {
    const cursor = this.#cursor;
    if (cursor.absent()) return;
    for (let more = cursor.enter(BRACKET); more; more = cursor.more(BRACKET)) this.#money.line(this.#line());
  }

  #line(): ScannedLine {
    const cursor = this.#cursor;
    let productId, sku, id;
    let price = NaN;
    let quantity = 1;
    for (let more = this.#enter(); more; more = cursor.more(BRACE)) {
      switch (this.#nameInside()) {
        case Field.product_id:
          productId = this.#read.text();
          break;
        case Field.sku:
          sku = this.#read.text();
          break;
        case Field.id:
          id = this.#read.text();
          break;
        case Field.price:
          price = this.#read.number() ?? NaN;
          break;
        case Field.quantity:
          quantity = this.#read.number() ?? 1;
          break;
        default:
          cursor.skip();
      }
    }
    return { productId: productId ?? sku ?? id, price, quantity };
  }

  /** Goes into an object in the event. */
  #enter(): boolean {
    this.#seenInside = 0;
    return this.#cursor.enter(BRACE);
  }

  #nameInside(): number {
    const number = this.#read.name();
    if (number < 0) return -1;
    if (this.#seenInside >> number & 1) this.#cursor.doubt();
    this.#seenInside |= 1 << number;
    return number;
  }
}
