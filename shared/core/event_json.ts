/**
 * An event as shops send it, before any check: JSON, one object per record. Only `event_id`, `event_type`,
 * `event_ts`, `user_id` and `session_id` have to be there. Fields that aren't listed stay in the log, and are none
 * of the core's business.
 */
export interface EventJson {
  readonly event_id?: unknown;
  readonly event_type?: unknown;
  readonly event_ts?: unknown;
  readonly user_id?: unknown;
  readonly session_id?: unknown;
  readonly store_id?: unknown;
  readonly page?: unknown;
  readonly product_id?: unknown;
  readonly order_id?: unknown;
  readonly coupon?: unknown;
  readonly price?: unknown;
  readonly quantity?: unknown;
  readonly value?: unknown;
  readonly currency?: unknown;
  readonly items?: unknown;
  readonly utm?: unknown;
  readonly device?: unknown;
  readonly geo?: unknown;
}

/** A line of `items`. The product goes by the first of the three names that is there. */
export interface ItemJson {
  readonly product_id?: unknown;
  readonly sku?: unknown;
  readonly id?: unknown;
  readonly price?: unknown;
  readonly quantity?: unknown;
}

/** `utm`: where a visit came from. */
export interface UtmJson {
  readonly source?: unknown;
  readonly medium?: unknown;
  readonly campaign?: unknown;
}

/** `device`: what a visit was made with. */
export interface DeviceJson {
  readonly user_agent?: unknown;
  readonly os?: unknown;
  readonly mobile?: unknown;
}

/** `geo`: where a visitor is. */
export interface GeoJson {
  readonly country?: unknown;
  readonly city?: unknown;
  readonly lat?: unknown;
  readonly lon?: unknown;
}
