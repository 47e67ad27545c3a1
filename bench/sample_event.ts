const TYPES = [
  "page_view",
  "page_view",
  "page_view",
  "view_item",
  "view_item",
  "search",
  "add_to_cart",
  "purchase",
];
const CURRENCIES = ["EUR", "USD", "GBP"];

/**
 * Events as a shop sends them, as JSON text of about 400 characters, the same on every run: three page views to one
 * purchase, a third of the fields optional, prices with two decimals.
 */
export function sampleEvents(count: number): readonly string[] {
  return Array.from({ length: count }, (_, serial) =>
    JSON.stringify({
      event_id: `01HZY3K9-${serial.toString(16).padStart(12, "0")}`,
      event_type: TYPES[serial % TYPES.length],
      event_ts: new Date(Date.UTC(2026, 0, 15, 12) + serial * 37).toISOString(),
      user_id: `user-${serial % 997}`,
      session_id: `session-${serial % 1_499}`,
      store_id: "store-1",
      page: `/products/${serial % 311}`,
      product_id: `sku-${serial % 311}`,
      price: (serial * 7 % 20_000) / 100,
      quantity: 1 + serial % 3,
      currency: CURRENCIES[serial % CURRENCIES.length],
      ...(serial % TYPES.length === TYPES.length - 1 ? { order_id: `order-${serial}` } : {}),
      utm: { source: "newsletter", medium: "email", campaign: "winter" },
      device: { user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5)", os: "macOS", mobile: false },
      geo: { country: "DE", city: "Köln" },
    }));
}
