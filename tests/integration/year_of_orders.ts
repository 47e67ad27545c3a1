import { seededRandom } from "../seeded_random.ts";

/** What a day or a month came to, in minor units by currency: purchases less refunds. */
export type Takings = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** A file of a year's orders and returns, and what it must come to. */
export interface YearOfOrders {
  readonly storeId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** By local day of the time zone, as 2024-03-31. */
  readonly byDay: Takings;
  /** By local month, as 2024-03. */
  readonly byMonth: Takings;
  readonly purchases: number;
  readonly refunds: number;
}

/** How a year's orders are made. */
export interface YearOptions {
  readonly path: string;
  readonly orders: number;
  readonly seed: number;
  readonly storeId: string;
  /** The time zone in which days and months are counted. */
  readonly tz: string;
}

const START_MS = Date.parse("2023-12-31T12:00:00.000Z");
const END_MS = Date.parse("2024-12-31T12:00:00.000Z");
/** One return in so many orders, some days after its order. */
const RETURNED = 8;
/** Digits of the currencies that orders are in; prices have one more, so that lines have to be rounded. */
const CURRENCIES = [["EUR", 2], ["USD", 2], ["JPY", 0], ["KWD", 3]] as const;

/**
 * Writes an NDJSON file of orders and returns of a leap year, from one New Year's Eve to the next, and counts it again
 * by days and months of a time zone. It shares no code with the product; the same seed makes the same file.
 */
export async function makeYearOfOrders(
  { path, orders, seed, storeId, tz }: YearOptions,
): Promise<YearOfOrders> {
  const random = seededRandom(seed);
  const byDay = new Map<string, Map<string, bigint>>();
  const byMonth = new Map<string, Map<string, bigint>>();
  const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: tz, dateStyle: "short" });
  const book = (atMs: number, currency: string, minor: bigint) => {
    const day = dayOf.format(atMs);
    add(byDay, day, currency, minor);
    add(byMonth, day.slice(0, 7), currency, minor);
  };
  using file = await Deno.create(path);
  const writer = file.writable.getWriter();
  let lines: string[] = [];
  let refunds = 0;
  const write = async (event: object) => {
    lines.push(JSON.stringify({ store_id: storeId, ...event }));
    if (lines.length < 5_000) return;
    await writer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
    lines = [];
  };
  for (let serial = 0; serial < orders; serial++) {
    const atMs = START_MS + random.whole(END_MS - START_MS);
    const [currency, digits] = CURRENCIES[random.whole(CURRENCIES.length)]!;
    const items = Array.from({ length: 1 + random.whole(3) }, () => ({
      product_id: `p-${random.whole(500)}`,
      price: decimal(1 + random.whole(99_999), digits + 1),
      quantity: 1 + random.whole(4),
    }));
    const tenths = items.reduce((sum, { price, quantity }) => sum + units(price) * BigInt(quantity), 0n);
    const minor = (tenths + 5n) / 10n;
    const user = { user_id: `u-${random.whole(orders)}`, session_id: `s-${serial}`, currency };
    await write({
      ...user,
      event_id: `order-${serial}`,
      event_type: "purchase",
      event_ts: new Date(atMs).toISOString(),
      order_id: `o-${serial}`,
      items,
    });
    book(atMs, currency, minor);
    if (serial % RETURNED !== 0) continue;
    const returnedMs = Math.min(atMs + random.whole(20 * 86_400_000), END_MS - 1);
    await write({
      ...user,
      event_id: `return-${serial}`,
      event_type: "refund",
      event_ts: new Date(returnedMs).toISOString(),
      order_id: `o-${serial}`,
      value: decimal(Number(minor), digits),
    });
    book(returnedMs, currency, -minor);
    refunds++;
  }
  await writer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
  await writer.close();
  return { storeId, startMs: START_MS, endMs: END_MS, byDay, byMonth, purchases: orders, refunds };
}

function add(to: Map<string, Map<string, bigint>>, key: string, currency: string, minor: bigint): void {
  const sums = to.get(key) ?? new Map<string, bigint>();
  to.set(key, sums);
  sums.set(currency, (sums.get(currency) ?? 0n) + minor);
}

/** So many units of the last digit, as decimal text. */
function decimal(units: number, digits: number): string {
  const text = String(units).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function units(text: string): bigint {
  return BigInt(text.replace(".", ""));
}
