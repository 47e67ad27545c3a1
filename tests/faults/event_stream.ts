import { partitionKey } from "@countinghouse/core";
import type { NewRecord } from "@countinghouse/log";
import type { SeededRandom } from "../seeded_random.ts";

/** A record and when it reaches the broker, in milliseconds since the epoch. */
export interface Arrival extends NewRecord {
  readonly atMs: number;
}

type Event = Readonly<Record<string, unknown>>;

const START_MS = Date.parse("2026-02-28T21:40:00.000Z");
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** A copy comes within this time of the first, so that the dedup horizon of an hour covers it. */
const COPIES_WITHIN_MS = 55 * MINUTE_MS;

const STORES = [
  { store: undefined, currencies: ["EUR", "USD"] },
  { store: "nord/1", currencies: ["JPY"] },
  { store: "süd", currencies: ["KWD", "CHF", "EUR"] },
] as const;

const TYPES = [
  ...Array<string>(8).fill("page_view"),
  ...Array<string>(4).fill("view_item"),
  ...Array<string>(3).fill("add_to_cart"),
  ...Array<string>(2).fill("begin_checkout"),
  ...Array<string>(3).fill("purchase"),
  "refund",
  "search",
  "remove_from_cart",
  "wishlist_add",
];

const utf8 = new TextEncoder();

/**
 * 300 to 1,500 events of a few hours in bursts, in the order of their arrival: several stores, users, sessions and
 * currencies; copies of an event or of an order; out of order, beyond the allowed lateness (10 minutes), from
 * clocks that are ahead; and records that are no event.
 */
export function eventStream(random: SeededRandom): readonly Arrival[] {
  const spanMs = (2 + random.whole(4)) * HOUR_MS;
  const bursts = Array.from({ length: 8 + random.whole(30) }, () => START_MS + random.whole(spanMs));
  const arrivals: Arrival[] = [];
  for (let serial = 300 + Math.floor(1_000 * random.fraction() ** 4); serial > 0; serial--) {
    const atMs = random.pick(bursts) + random.whole(90 * SECOND_MS);
    const event = randomEvent(serial, randomTimeMs(atMs, bursts, random), random);
    arrivals.push(arrival(event, atMs));
    while (random.chance(0.08)) {
      const afterMs = random.chance(0.5) ? random.whole(5 * SECOND_MS) : random.whole(COPIES_WITHIN_MS);
      arrivals.push(arrival(copyOf(event, random), atMs + afterMs));
    }
    if (random.chance(0.03)) arrivals.push({ ...poison(event, random), atMs });
  }
  return arrivals.sort((a, b) => a.atMs - b.atMs);
}

function arrival(event: Event, atMs: number): Arrival {
  const key = partitionKey(
    (event["store_id"] as string | undefined) ?? "default",
    event["user_id"] as string,
  );
  return { key, value: utf8.encode(JSON.stringify(event)), atMs };
}

function randomEvent(serial: number, timeMs: number, random: SeededRandom): Event {
  const { store, currencies } = random.pick(STORES);
  const type = random.pick(TYPES);
  const isOrder = type === "purchase" || type === "refund";
  return {
    event_id: `e-${serial}`,
    event_type: type,
    event_ts: new Date(timeMs).toISOString(),
    user_id: `u-${random.whole(7)}`,
    session_id: `s-${random.whole(2)}`,
    ...(store === undefined ? {} : { store_id: store }),
    ...(isOrder ? { value: (1 + random.whole(50_000)) / 100, currency: random.pick(currencies) } : {}),
    ...(isOrder && random.chance(0.8) ? { order_id: `o-${serial}` } : {}),
    ...(random.chance(0.3) ? { geo: { country: random.pick(["DE", "JP"]) } } : {}),
    ...(random.chance(0.3) ? { utm: { source: random.pick(["mail", "ad"]) } } : {}),
    ...(random.chance(0.5) ? { page: `/p/${random.whole(5)}`, product_id: `p-${random.whole(5)}` } : {}),
  };
}

/** When an event happened that arrives at a time, by the shop's clock. */
function randomTimeMs(atMs: number, bursts: readonly number[], random: SeededRandom): number {
  const kind = random.fraction();
  if (kind < 0.7) return atMs - random.whole(5 * SECOND_MS);
  if (kind < 0.77) return atMs - random.whole(9 * MINUTE_MS);
  if (kind < 0.84) return Math.min(atMs, random.pick(bursts) + random.whole(90 * SECOND_MS));
  if (kind < 0.92) return atMs - random.whole(2 * HOUR_MS);
  if (kind < 0.96) return atMs + random.whole(4 * MINUTE_MS);
  return atMs + 6 * MINUTE_MS + random.whole(24 * HOUR_MS);
}

/** The same again; or with another time; or the same order under another event_id. */
function copyOf(event: Event, random: SeededRandom): Event {
  if (event["order_id"] !== undefined && random.chance(0.5)) {
    return { ...event, event_id: `again-${random.whole(1e9)}` };
  }
  if (random.chance(0.7)) return event;
  const timeMs = Date.parse(event["event_ts"] as string) - random.whole(20 * MINUTE_MS);
  return { ...event, event_ts: new Date(timeMs).toISOString() };
}

function poison(event: Event, random: SeededRandom): NewRecord {
  const text = JSON.stringify(event);
  const field = random.pick(["event_id", "event_type", "event_ts", "user_id", "session_id"]);
  const values = [
    text.slice(0, -1),
    "[]",
    "",
    JSON.stringify({ ...event, [field]: undefined }),
    JSON.stringify({ ...event, [field]: 42 }),
    JSON.stringify({ ...event, [field]: "" }),
    JSON.stringify({ ...event, event_ts: "yesterday" }),
    null,
  ];
  const value = random.pick(values);
  return {
    key: random.chance(0.5) ? null : utf8.encode(`key-${random.whole(9)}`),
    value: value === null ? null : utf8.encode(value),
  };
}
