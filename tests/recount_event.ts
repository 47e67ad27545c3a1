import type { SeededRandom } from "./seeded_random.ts";

/** An event as it will stand in the file; a number that must keep its digits is JSON.rawJSON. */
export interface FileEvent {
  readonly timeMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** TypeScript does not know it yet (ECMAScript 2026, "JSON.parse source text access"). */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A store, the share of traffic it has, and the currencies that are paid in it. */
const STORES = [
  { store: undefined, share: 0.5, currencies: ["EUR", "USD"] },
  { store: "tokyo", share: 0.2, currencies: ["JPY"] },
  { store: "kuwait/main", share: 0.15, currencies: ["KWD", "USD"] },
  { store: "café ☕ 漢字", share: 0.15, currencies: ["EUR", "GBP", "CHF", "JPY", "KWD"] },
] as const;

/** Names that trip up careless keys: joined ids that look alike, object properties, composed and decomposed é. */
const AWKWARD_USERS = ["a", "a|b", "a:b", "constructor", "__proto__", "é", "e\u0301", "👩‍🚀", "user 漢字", " "];
const AWKWARD_SESSIONS = ["1", "b|1", "b:1", "toString", "é", "🛒", " "];

/** Each type as often as it stands here; the last ones have no meaning to the product. */
const TYPES = [
  ...Array<string>(40).fill("page_view"),
  ...Array<string>(20).fill("view_item"),
  ...Array<string>(8).fill("search"),
  ...Array<string>(10).fill("add_to_cart"),
  ...Array<string>(3).fill("remove_from_cart"),
  ...Array<string>(6).fill("begin_checkout"),
  ...Array<string>(7).fill("purchase"),
  ...Array<string>(2).fill("refund"),
  "wishlist_add",
  "toString",
  "Purchase",
  "購入",
];

const MONEY_TYPES = new Set(["view_item", "add_to_cart", "begin_checkout", "purchase", "refund"]);

/**
 * A random event. Users and sessions come from small sets, so that many events share them, and the same user and
 * session ids appear in every store.
 */
export function randomEvent(serial: number, timeMs: number, random: SeededRandom): FileEvent {
  const { store, currencies } = pickStore(random);
  const type = random.pick(TYPES);
  const isOrder = type === "purchase" || type === "refund";
  const fields = {
    event_id: random.chance(0.01) ? `évt-${serial}-🎫` : `evt-${serial}`,
    event_type: type,
    event_ts: timeText(timeMs, random),
    user_id: random.chance(0.05) ? random.pick(AWKWARD_USERS) : `user-${random.whole(300)}`,
    session_id: random.chance(0.05) ? random.pick(AWKWARD_SESSIONS) : `${random.whole(3)}`,
    ...(store === undefined ? {} : { store_id: store }),
    ...(isOrder && random.chance(0.95) ? { order_id: `order-${serial}` } : {}),
    ...(MONEY_TYPES.has(type) ? randomMoney(random.pick(currencies), random) : {}),
    ...randomExtras(random),
    ...(serial === 0 ? { note: "ü".repeat(500_000) } : {}),
  };
  return { timeMs, fields };
}

/** ISO 8601 in the plain form, or now and then in another: an offset, no milliseconds, microseconds. */
function timeText(timeMs: number, random: SeededRandom): string {
  const plain = new Date(timeMs).toISOString();
  if (!random.chance(0.03)) return plain;
  const inKathmandu = new Date(timeMs + 345 * 60_000).toISOString();
  return random.pick([
    `${inKathmandu.slice(0, -1)}+05:45`,
    `${plain.slice(0, 19)}Z`,
    `${plain.slice(0, -1)}999Z`,
  ]);
}

function pickStore(random: SeededRandom) {
  let left = random.fraction();
  return STORES.find(({ share }) => (left -= share) < 0) ?? STORES[0];
}

/** The three forms of an event's money; where two are given, they disagree on purpose. */
function randomMoney(currency: string, random: SeededRandom): Record<string, unknown> {
  const form = random.whole(10);
  if (form < 4) {
    const quantity = random.chance(0.5) ? {} : { quantity: 1 + random.whole(5) };
    return { currency, product_id: `sku-${random.whole(500)}`, price: randomPrice(random), ...quantity };
  }
  const items = Array.from({ length: 1 + random.whole(4) }, () => ({
    product_id: `sku-${random.whole(500)}`,
    price: randomPrice(random),
    ...(random.chance(0.3) ? {} : { quantity: 1 + random.whole(4) }),
  }));
  if (form < 7) return { currency, items, ...(random.chance(0.2) ? { price: 1, quantity: 7 } : {}) };
  return { currency, value: randomPrice(random), ...(random.chance(0.5) ? { items } : {}) };
}

/** A price with 0 to 6 decimals, often exactly on the half, sometimes written with an exponent or zeros behind. */
function randomPrice(random: SeededRandom): unknown {
  const whole = random.chance(0.02) ? random.whole(10_000_000) : random.whole(300);
  if (random.chance(0.01)) return rawJson(`${1 + random.whole(9)}e${random.whole(4)}`);
  if (random.chance(0.01)) return rawJson(`${1 + random.whole(999)}E-2`);
  const decimals = random.pick([0, 1, 2, 2, 2, 2, 3, 3, 4, 6]);
  if (decimals === 0) return rawJson(`${whole}`);
  const fraction = random.whole(10 ** decimals).toString().padStart(decimals, "0");
  return rawJson(`${whole}.${random.chance(0.3) ? `${fraction.slice(0, -1)}5` : fraction}`);
}

/** Optional fields of the contract, and fields that it does not know. */
function randomExtras(random: SeededRandom): Record<string, unknown> {
  return {
    ...(random.chance(0.6) ? { page: `/p/${random.whole(50)}?q="ü"&x=1\n` } : {}),
    ...(random.chance(0.3) ? { geo: { country: "JP", city: "東京", lat: 35.68, lon: 139.69 } } : {}),
    ...(random.chance(0.3) ? { utm: { source: "newsletter", medium: "email", campaign: "spring" } } : {}),
    ...(random.chance(0.3) ? { device: { user_agent: 'Mozilla/5.0 \\ "x"', os: "iOS", mobile: true } } : {}),
    ...(random.chance(0.1) ? { coupon: "SAVE-10-%" } : {}),
    ...(random.chance(0.05)
      ? { experiment: { variant: ["a", null, { price: -1 }], event_id: "decoy" } }
      : {}),
    ...(random.chance(0.05) ? { metrics: [[], {}, "}{", 0.1] } : {}),
  };
}
