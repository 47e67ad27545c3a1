import type { EventTimeMs } from "./event_time.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";

/** The event types that have a meaning here. Any other type is counted as "other". */
export const EVENT_TYPES = [
  "page_view",
  "view_item",
  "search",
  "add_to_cart",
  "remove_from_cart",
  "begin_checkout",
  "purchase",
  "refund",
] as const;

/** A known event type, or "other" for one that has no meaning here. */
export type EventType = typeof EVENT_TYPES[number] | "other";

/** One line of a cart or an order, as sent. */
export interface EventItem {
  readonly productId: string | undefined;
  /** The line's price x quantity, rounded to the event's currency. */
  readonly amount: MinorUnits | undefined;
  readonly quantity: number;
}

/** A shop's event after decoding: checked, typed, money exact. */
export interface ShopEvent {
  readonly eventId: string;
  readonly type: EventType;
  /** The type as sent, which is what "other" hides. */
  readonly typeName: string;
  readonly eventTimeMs: EventTimeMs;
  readonly userId: string;
  readonly sessionId: string;
  readonly storeId: string;
  readonly page: string | undefined;
  readonly productId: string | undefined;
  readonly orderId: string | undefined;
  readonly coupon: string | undefined;
  readonly quantity: number;
  /** The one sent, else the decoder's default where there is money. */
  readonly currency: CurrencyCode | undefined;
  /**
   * The event's money: `value`, else the sum of the items' price x quantity, else price x quantity; rounded half
   * up once. Undefined when it carries none. As sent, so positive for a refund: its sign is the rollup's business.
   */
  readonly amount: MinorUnits | undefined;
  readonly items: readonly EventItem[];
  readonly utmSource: string | undefined;
  readonly utmMedium: string | undefined;
  readonly utmCampaign: string | undefined;
  readonly userAgent: string | undefined;
  readonly os: string | undefined;
  readonly mobile: boolean | undefined;
  readonly country: string | undefined;
  readonly city: string | undefined;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
}
