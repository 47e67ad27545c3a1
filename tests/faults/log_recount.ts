import { decimal, toMinor } from "../exact_money.ts";

/** A record as it lies in the log. */
export interface CountedRecord {
  readonly offset: number;
  readonly appendTimeMs: number;
  readonly value: Uint8Array | null;
}

/** What the contract says about time. */
export interface TimeRules {
  readonly allowedLatenessMs: number;
  readonly maxSkewMs: number;
}

/** What a minute's document must show. */
export interface RecountedMinute {
  readonly counts: Readonly<Record<string, number>>;
  readonly money: Readonly<Record<string, { readonly gross: number; readonly refunds: number }>>;
  readonly restatements: number;
  readonly first_append: Date;
  readonly last_append: Date;
  readonly closed: boolean;
}

/** What one partition's log comes to. */
export interface LogRecount {
  /** By `{minute ISO}/{partition}/{store}`. */
  readonly minutes: ReadonlyMap<string, RecountedMinute>;
  readonly books: Readonly<
    Record<"read" | "counted" | "duplicates" | "deadLettered" | "late" | "skewed" | "archived", number>
  >;
  /** Offset and field of each record that is no event; "" is the whole record. */
  readonly refused: readonly { readonly offset: number; readonly field: string }[];
}

type Event = Readonly<Record<string, unknown>>;

interface OpenMinute {
  readonly startMs: number;
  readonly counts: Record<string, number>;
  readonly users: Set<string>;
  readonly sessions: Set<string>;
  readonly money: Map<string, { gross: bigint; refunds: bigint }>;
  readonly appendTimesMs: number[];
}

const MINUTE_MS = 60_000;
const COUNTER_OF: ReadonlyMap<unknown, string> = new Map([
  ["page_view", "page_views"],
  ["view_item", "view_items"],
  ["search", "searches"],
  ["add_to_cart", "add_to_carts"],
  ["remove_from_cart", "remove_from_carts"],
  ["begin_checkout", "begin_checkouts"],
  ["purchase", "purchases"],
  ["refund", "refunds"],
]);
const COUNTERS = [...COUNTER_OF.values(), "events", "other_events", "late_events", "skewed_events"];

/**
 * Counts a partition's log again, straight from the contract and as naively as possible, record by record from the
 * first to the last. Shares no code with the product.
 */
export function recountLog(
  partition: number,
  records: readonly CountedRecord[],
  rules: TimeRules,
): LogRecount {
  const books = { read: 0, counted: 0, duplicates: 0, deadLettered: 0, late: 0, skewed: 0, archived: 0 };
  const minutes = new Map<string, OpenMinute>();
  const refused: { offset: number; field: string }[] = [];
  const seen = new Set<string>();
  let newestMs = -Infinity;
  const closedBeforeMs = () => Math.floor((newestMs - rules.allowedLatenessMs) / MINUTE_MS) * MINUTE_MS;
  for (const { offset, appendTimeMs, value } of records) {
    books.read++;
    const event = read(value);
    if (typeof event === "string") {
      books.deadLettered++;
      refused.push({ offset, field: event });
      continue;
    }
    if (isRepeated(event, seen)) {
      books.duplicates++;
      continue;
    }
    books.counted++;
    const stampedMs = Date.parse(event["event_ts"] as string);
    const skewed = stampedMs > appendTimeMs + rules.maxSkewMs;
    const timeMs = skewed ? appendTimeMs : stampedMs;
    const startMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    const late = startMs < closedBeforeMs();
    newestMs = Math.max(newestMs, timeMs);
    const id = `${new Date(startMs).toISOString()}/${partition}/${storeOf(event)}`;
    const minute = minutes.get(id) ?? openMinute(startMs);
    minutes.set(id, minute);
    count(event, minute);
    minute.appendTimesMs.push(appendTimeMs);
    if (late) {
      books.late++;
      minute.counts["late_events"]!++;
    }
    if (skewed) {
      books.skewed++;
      minute.counts["skewed_events"]!++;
    }
  }
  const closed = [...minutes].map(([id, minute]) => [id, asDocument(minute, closedBeforeMs())] as const);
  return { minutes: new Map(closed), books, refused };
}

/** The event of a record, or the field that is wrong. */
function read(value: Uint8Array | null): Event | string {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
  } catch {
    return "";
  }
  if (Array.isArray(event)) return "";
  for (const field of ["event_id", "event_type", "event_ts", "user_id", "session_id"]) {
    const text = (event as Event)[field];
    if (typeof text !== "string" || text === "") return field;
    if (field === "event_ts" && Number.isNaN(Date.parse(text))) return field;
  }
  return event as Event;
}

/** The same event_id in a store, or a purchase with the same order_id. */
function isRepeated(event: Event, seen: Set<string>): boolean {
  const eventKey = JSON.stringify([storeOf(event), "event", event["event_id"]]);
  if (seen.has(eventKey)) return true;
  seen.add(eventKey);
  if (event["event_type"] !== "purchase" || event["order_id"] === undefined) return false;
  const orderKey = JSON.stringify([storeOf(event), "order", event["order_id"]]);
  if (seen.has(orderKey)) return true;
  seen.add(orderKey);
  return false;
}

function openMinute(startMs: number): OpenMinute {
  const counts = Object.fromEntries(COUNTERS.map((name) => [name, 0]));
  return { startMs, counts, users: new Set(), sessions: new Set(), money: new Map(), appendTimesMs: [] };
}

function count(event: Event, { counts, users, sessions, money }: OpenMinute): void {
  counts["events"]!++;
  counts[COUNTER_OF.get(event["event_type"]) ?? "other_events"]!++;
  users.add(event["user_id"] as string);
  sessions.add(JSON.stringify([event["user_id"], event["session_id"]]));
  if (event["value"] === undefined) return;
  const currency = event["currency"] as string;
  const minor = toMinor(decimal(String(event["value"])), currency);
  const totals = money.get(currency) ?? { gross: 0n, refunds: 0n };
  money.set(currency, totals);
  totals[event["event_type"] === "purchase" ? "gross" : "refunds"] += minor;
}

function asDocument(
  { startMs, counts, users, sessions, money, appendTimesMs }: OpenMinute,
  closedBeforeMs: number,
): RecountedMinute {
  return {
    counts: { ...counts, users: users.size, sessions: sessions.size },
    money: Object.fromEntries(
      [...money].map(([currency, { gross, refunds }]) =>
        [currency, { gross: Number(gross), refunds: Number(refunds) }] as const
      ),
    ),
    restatements: counts["late_events"]!,
    first_append: new Date(Math.min(...appendTimesMs)),
    last_append: new Date(Math.max(...appendTimesMs)),
    closed: startMs < closedBeforeMs,
  };
}

function storeOf(event: Event): string {
  return (event["store_id"] as string | undefined) ?? "default";
}
