import assert from "node:assert/strict";
import { EVENT_TYPES } from "./event.ts";
import { decoded, refusalOf, REQUIRED } from "./event_fixture.ts";
import type { CurrencyCode } from "./money.ts";

Deno.test("the five required fields make an event, the rest has defaults", () => {
  assert.deepEqual(decoded(REQUIRED), {
    eventId: "e-1",
    type: "page_view",
    typeName: "page_view",
    eventTimeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 250),
    userId: "u-1",
    sessionId: "s-1",
    storeId: "default",
    page: undefined,
    productId: undefined,
    orderId: undefined,
    coupon: undefined,
    quantity: 1,
    currency: undefined,
    amount: undefined,
    items: [],
    utmSource: undefined,
    utmMedium: undefined,
    utmCampaign: undefined,
    userAgent: undefined,
    os: undefined,
    mobile: undefined,
    country: undefined,
    city: undefined,
    lat: undefined,
    lon: undefined,
  });
});

Deno.test("every listed field finds its place", () => {
  const event = decoded({
    ...REQUIRED,
    event_type: "purchase",
    store_id: "shop-de",
    page: "/checkout/done",
    product_id: "p-1",
    order_id: "o-1",
    coupon: "SPRING",
    price: 19.99,
    quantity: 2,
    currency: "eur",
    items: [{ product_id: "p-1", price: 19.99, quantity: 2 }, { sku: "p-2" }, { id: "p-3", price: 0.5 }],
    utm: { source: "newsletter", medium: "email", campaign: "spring" },
    device: { user_agent: "Mozilla/5.0", os: "iOS", mobile: true },
    geo: { country: "DE", city: "Köln", lat: 50.94, lon: 6.96 },
    loyalty: { tier: "gold" },
  });
  assert.deepEqual(event, {
    eventId: "e-1",
    type: "purchase",
    typeName: "purchase",
    eventTimeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 250),
    userId: "u-1",
    sessionId: "s-1",
    storeId: "shop-de",
    page: "/checkout/done",
    productId: "p-1",
    orderId: "o-1",
    coupon: "SPRING",
    quantity: 2,
    currency: "EUR",
    amount: 4_048,
    items: [
      { productId: "p-1", amount: 3_998, quantity: 2 },
      { productId: "p-2", amount: undefined, quantity: 1 },
      { productId: "p-3", amount: 50, quantity: 1 },
    ],
    utmSource: "newsletter",
    utmMedium: "email",
    utmCampaign: "spring",
    userAgent: "Mozilla/5.0",
    os: "iOS",
    mobile: true,
    country: "DE",
    city: "Köln",
    lat: 50.94,
    lon: 6.96,
  });
});

Deno.test("a known type keeps its meaning, any other is counted as other under its own name", () => {
  for (const type of EVENT_TYPES) assert.equal(decoded({ ...REQUIRED, event_type: type }).type, type);
  const wish = decoded({ ...REQUIRED, event_type: "add_to_wishlist" });
  assert.equal(wish.type, "other");
  assert.equal(wish.typeName, "add_to_wishlist");
});

Deno.test("an optional field that is null or empty is absent", () => {
  const optional = [
    "store_id",
    "page",
    "product_id",
    "order_id",
    "coupon",
    "price",
    "quantity",
    "value",
    "currency",
  ];
  const objects = ["items", "utm", "device", "geo"];
  for (const nothing of [null, ""]) {
    const fields = Object.fromEntries([...optional, ...objects].map((name) => [name, nothing]));
    assert.deepEqual(decoded({ ...REQUIRED, ...fields }), decoded(REQUIRED));
  }
  assert.deepEqual(
    decoded({
      ...REQUIRED,
      utm: { source: null },
      device: { mobile: null, os: "" },
      geo: { lat: null },
      items: [],
    }),
    decoded(REQUIRED),
  );
});

Deno.test("the amount is the value, else the sum of the items, else price x quantity", () => {
  const money = { ...REQUIRED, event_type: "purchase", currency: "EUR" };
  const items = [{ price: 5, quantity: 2 }, { price: 1.25 }];
  assert.equal(decoded({ ...money, value: 99.5, items, price: 7, quantity: 3 }).amount, 9_950);
  assert.equal(decoded({ ...money, items, price: 7, quantity: 3 }).amount, 1_125);
  assert.equal(decoded({ ...money, items: [{ sku: "a" }], price: 7, quantity: 3 }).amount, 2_100);
  assert.equal(decoded({ ...money, price: 7, quantity: 3 }).amount, 2_100);
  assert.equal(decoded({ ...money, price: 7 }).amount, 700);
  assert.equal(decoded({ ...money, value: 0, price: 7 }).amount, 0);
  assert.equal(decoded({ ...money, quantity: 3 }).amount, undefined);
});

Deno.test("the amount is exact, and rounded once", () => {
  const money = { ...REQUIRED, event_type: "purchase", currency: "USD" };
  assert.equal(decoded({ ...money, price: 0.3333, quantity: 3 }).amount, 100);
  assert.equal(decoded({ ...money, value: 1.005 }).amount, 101);
  const items = [{ price: 0.004, quantity: 1 }, { price: 0.004, quantity: 1 }];
  const event = decoded({ ...money, items });
  assert.equal(event.amount, 1);
  assert.deepEqual(event.items.map((item) => item.amount), [0, 0]);
  assert.equal(decoded({ ...money, value: 1999, currency: "JPY" }).amount, 1_999);
  assert.equal(decoded({ ...money, value: 1.999, currency: "KWD" }).amount, 1_999);
});

Deno.test("a number may be sent as decimal text where it is about money", () => {
  const sent = { ...REQUIRED, currency: "EUR", price: "19.99", quantity: "2" };
  assert.equal(decoded(sent).amount, 3_998);
  assert.equal(decoded(sent).quantity, 2);
  assert.equal(decoded({ ...REQUIRED, value: "19.990000000000000000" }).amount, 1_999);
  assert.equal(decoded({ ...REQUIRED, value: "1.00499999999999999999" }).amount, 100);
  assert.equal(decoded({ ...REQUIRED, items: [{ price: "1.10", quantity: "3" }] }).amount, 330);
  assert.deepEqual(refusalOf({ ...REQUIRED, geo: { lat: "50.94" } }), {
    code: "wrong_type",
    field: "geo.lat",
    reason: 'Cannot read geo.lat as a finite number: current value is "50.94"',
  });
});

Deno.test("money without a currency is in the default one, and no money needs none", () => {
  const money = { ...REQUIRED, value: 5 };
  assert.equal(decoded(money).currency, "USD");
  assert.equal(decoded(money, { defaultCurrency: "JPY" as CurrencyCode }).currency, "JPY");
  assert.equal(decoded(money, { defaultCurrency: "JPY" as CurrencyCode }).amount, 5);
  assert.equal(
    decoded({ ...money, currency: "EUR" }, { defaultCurrency: "JPY" as CurrencyCode }).currency,
    "EUR",
  );
  assert.equal(decoded({ ...REQUIRED, currency: "EUR" }).currency, "EUR");
  assert.equal(decoded(REQUIRED).currency, undefined);
});
