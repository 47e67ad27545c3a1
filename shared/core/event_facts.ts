import { DEFAULT_STORE } from "./decode_event.ts";
import type { EventItem, EventType, ShopEvent } from "./event.ts";
import type { EventTimeMs } from "./event_time.ts";
import { Hash64 } from "./hash64.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";

/** What a breakdown counts of an event. */
export type EventParts = Pick<
  ShopEvent,
  | "type"
  | "quantity"
  | "currency"
  | "amount"
  | "items"
  | "utmSource"
  | "utmMedium"
  | "utmCampaign"
  | "os"
  | "mobile"
  | "country"
  | "city"
  | "page"
  | "productId"
>;

/** What an event without lines has for lines. */
export const NO_ITEMS: readonly EventItem[] = [];

/**
 * What the rollup takes from one event: ids as hashes, the rest as in a {@link ShopEvent}. A register to be reused,
 * one for each record of a batch, so that folding an event makes no object.
 */
export class EventFacts implements EventParts {
  eventTimeMs = NaN as EventTimeMs;
  storeId: string = DEFAULT_STORE;
  type: EventType = "other";
  /** The hash of the event id. */
  readonly event = new Hash64();
  /** That of the order id, where {@link EventFacts.ordered} says that there is one. */
  readonly order = new Hash64();
  ordered = false;
  /** That of the user id. */
  readonly user = new Hash64();
  /** That of user and session id. */
  readonly member = new Hash64();
  quantity = 1;
  /** The amount's; of no meaning without one. */
  currency: CurrencyCode | undefined = undefined;
  amount: MinorUnits | undefined = undefined;
  items: readonly EventItem[] = NO_ITEMS;
  utmSource: string | undefined = undefined;
  utmMedium: string | undefined = undefined;
  utmCampaign: string | undefined = undefined;
  os: string | undefined = undefined;
  mobile: boolean | undefined = undefined;
  country: string | undefined = undefined;
  city: string | undefined = undefined;
  page: string | undefined = undefined;
  productId: string | undefined = undefined;

  /** Forgets what an event need not have. */
  clear(): void {
    this.storeId = DEFAULT_STORE;
    this.ordered = false;
    this.quantity = 1;
    this.currency = undefined;
    this.amount = undefined;
    this.items = NO_ITEMS;
    this.utmSource = undefined;
    this.utmMedium = undefined;
    this.utmCampaign = undefined;
    this.os = undefined;
    this.mobile = undefined;
    this.country = undefined;
    this.city = undefined;
    this.page = undefined;
    this.productId = undefined;
  }

  /** Takes the facts of a decoded event. */
  take(event: ShopEvent): void {
    this.eventTimeMs = event.eventTimeMs;
    this.storeId = event.storeId;
    this.type = event.type;
    this.event.of(event.eventId);
    this.ordered = event.orderId !== undefined;
    if (event.orderId !== undefined) this.order.of(event.orderId);
    this.user.of(event.userId);
    this.member.of(event.userId, event.sessionId);
    this.quantity = event.quantity;
    this.currency = event.currency;
    this.amount = event.amount;
    this.items = event.items;
    this.utmSource = event.utmSource;
    this.utmMedium = event.utmMedium;
    this.utmCampaign = event.utmCampaign;
    this.os = event.os;
    this.mobile = event.mobile;
    this.country = event.country;
    this.city = event.city;
    this.page = event.page;
    this.productId = event.productId;
  }
}
