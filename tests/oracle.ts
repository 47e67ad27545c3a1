import { type Decimal, decimal, plus, times, toMinor } from "./exact_money.ts";

/** Money of one currency in minor units. */
export interface CurrencyRecount {
  gross_revenue_minor: bigint;
  refund_amount_minor: bigint;
}

/** What one store's minute must show. Names are those of the API's metrics. */
export interface MinuteRecount {
  readonly counts: Map<string, number>;
  readonly sessions: number;
  readonly unique_users: number;
  readonly by_currency: Map<string, CurrencyRecount>;
}

/** What a whole file comes to. `lines` = counted + duplicates + refused.length. */
export interface Recount {
  readonly lines: number;
  readonly counted: number;
  readonly duplicates: number;
  /** Line numbers from 1. */
  readonly refused: readonly { readonly line: number; readonly why: string }[];
  /** Store -> minute's start as ISO 8601 -> its figures. */
  readonly stores: ReadonlyMap<string, ReadonlyMap<string, MinuteRecount>>;
}

/** A number of the JSON text, kept as it was written. */
class JsonNumber {
  constructor(readonly text: string) {}
}

type Json = Record<string, unknown>;

/** TypeScript does not know the third argument yet (ECMAScript 2026, "JSON.parse source text access"). */
const parseJson = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** The API's counter for each event type; any other type counts as `other_events`. */
const COUNTER_OF = new Map([
  ["page_view", "page_views"],
  ["view_item", "view_items"],
  ["search", "searches"],
  ["add_to_cart", "add_to_carts"],
  ["remove_from_cart", "remove_from_carts"],
  ["begin_checkout", "begin_checkouts"],
  ["purchase", "purchases"],
  ["refund", "refunds"],
]);

const REQUIRED = ["event_id", "event_type", "event_ts", "user_id", "session_id"];
const MOST_BYTES = 1024 * 1024;
const MOST_LEVELS = 64;

/**
 * Counts an NDJSON file again, straight from the contract and as naively as possible: Maps, Sets and BigInt. It
 * shares no code with the product, so that the two can only agree by both being right.
 *
 * Of several events with the same event_id, or purchases with the same order_id, the first in the file counts, in
 * the minute of its own event_ts. A file's copies of an event must carry its user and store, as real ones do:
 * only then is "first in the file" also first in their partition.
 */
export function recount(file: Uint8Array): Recount {
  const eventIds = new Set<string>();
  const orderIds = new Set<string>();
  const refused: { line: number; why: string }[] = [];
  const stores = new Map<string, Map<string, OpenMinute>>();
  let lines = 0;
  let counted = 0;
  let duplicates = 0;
  for (const line of splitLines(file)) {
    lines++;
    const event = read(line);
    if (typeof event === "string") {
      refused.push({ line: lines, why: event });
      continue;
    }
    const orderId = event["event_type"] === "purchase" ? event["order_id"] : undefined;
    const isDuplicate = eventIds.has(event["event_id"] as string) || orderIds.has(orderId as string);
    eventIds.add(event["event_id"] as string);
    if (typeof orderId === "string") orderIds.add(orderId);
    if (isDuplicate) duplicates++;
    else {
      counted++;
      count(event, stores);
    }
  }
  return { lines, counted, duplicates, refused, stores: close(stores) };
}

/** A minute that is still being counted. */
interface OpenMinute {
  readonly counts: Map<string, number>;
  readonly sessions: Set<string>;
  readonly users: Set<string>;
  readonly by_currency: Map<string, CurrencyRecount>;
}

function* splitLines(file: Uint8Array): Iterable<Uint8Array> {
  for (let from = 0; from < file.length;) {
    const newline = file.indexOf(10, from);
    const to = newline < 0 ? file.length : newline;
    yield file.subarray(from, to);
    from = to + 1;
  }
}

/** The event of a line, or why the line is refused. */
function read(line: Uint8Array): Json | string {
  if (line.length > MOST_BYTES) return "over 1 MiB";
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(line);
    value = parseJson(text, keepNumberText);
  } catch (error) {
    return (error as Error).message;
  }
  if (!isObject(value)) return "not an object";
  if (levels(value) > MOST_LEVELS) return "nested over 64 levels";
  for (const name of REQUIRED) {
    const field = value[name];
    if (field === undefined || field === null) return `${name} is missing`;
    if (typeof field !== "string") return `${name} is not a string`;
    if (field === "") return `${name} is empty`;
  }
  if (Number.isNaN(Date.parse(value["event_ts"] as string))) return "event_ts is not a time";
  const lines = Array.isArray(value["items"]) ? value["items"] as Json[] : [];
  for (const holder of [value, ...lines]) {
    for (const name of ["value", "price", "quantity"]) {
      const field = holder[name];
      if (field === undefined) continue;
      if (!(field instanceof JsonNumber) || !Number.isFinite(Number(field.text))) {
        return `${name} is not finite`;
      }
    }
  }
  return value;
}

function keepNumberText(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === "number" ? new JsonNumber(context.source ?? String(value)) : value;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof JsonNumber);
}

function levels(value: unknown): number {
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levels));
}

function count(event: Json, stores: Map<string, Map<string, OpenMinute>>): void {
  const store = typeof event["store_id"] === "string" ? event["store_id"] : "default";
  const timeMs = Date.parse(event["event_ts"] as string);
  const minuteOf = new Date(timeMs - ((timeMs % 60_000) + 60_000) % 60_000).toISOString();
  const minutes = upsert(stores, store, () => new Map<string, OpenMinute>());
  const minute = upsert(minutes, minuteOf, () => ({
    counts: new Map(),
    sessions: new Set(),
    users: new Set(),
    by_currency: new Map(),
  }));
  const type = event["event_type"] as string;
  for (const counter of ["events", COUNTER_OF.get(type) ?? "other_events"]) {
    minute.counts.set(counter, (minute.counts.get(counter) ?? 0) + 1);
  }
  minute.users.add(event["user_id"] as string);
  minute.sessions.add(JSON.stringify([event["user_id"], event["session_id"]]));
  const amount = money(event);
  if (amount === undefined || (type !== "purchase" && type !== "refund")) return;
  const currency = event["currency"] as string;
  const totals = upsert(
    minute.by_currency,
    currency,
    () => ({ gross_revenue_minor: 0n, refund_amount_minor: 0n }),
  );
  totals[type === "purchase" ? "gross_revenue_minor" : "refund_amount_minor"] += toMinor(amount, currency);
}

/** `value` if given, else the sum of the items' price x quantity, else price x quantity. */
function money(event: Json): Decimal | undefined {
  if (event["value"] !== undefined) return number(event["value"]);
  if (event["items"] !== undefined) return (event["items"] as Json[]).map(lineTotal).reduce(plus);
  return event["price"] === undefined ? undefined : lineTotal(event);
}

function lineTotal(line: Json): Decimal {
  const price = number(line["price"]);
  return line["quantity"] === undefined ? price : times(price, number(line["quantity"]));
}

function number(value: unknown): Decimal {
  return decimal((value as JsonNumber).text);
}

function upsert<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
}

function close(stores: ReadonlyMap<string, ReadonlyMap<string, OpenMinute>>): Recount["stores"] {
  const closed = (minute: OpenMinute): MinuteRecount => ({
    counts: minute.counts,
    sessions: minute.sessions.size,
    unique_users: minute.users.size,
    by_currency: minute.by_currency,
  });
  return new Map([...stores].map(([store, minutes]) => [
    store,
    new Map([...minutes].map(([minute, state]) => [minute, closed(state)])),
  ]));
}
