import {
  type Breakdown,
  type DimensionParts,
  DIMENSIONS,
  emptyBreakdown,
  emptyPart,
  largestParts,
  type Part,
  type PartsLimit,
} from "./breakdown.ts";
import { readBreakdown, writeBreakdown } from "./breakdown_codec.ts";
import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { EventType } from "./event.ts";
import type { EventParts } from "./event_facts.ts";
import type { MinorUnits } from "./money.ts";
import type { Offset } from "./offset.ts";
import { addMoney } from "./rollup.ts";
import { readKey, type StoredHead, WindowState } from "./window_state.ts";

/** What of a dimension is stored by name, so that a document of nine stays under 256 KB. */
export const STORED: PartsLimit = { parts: 100, bytes: 26_000 };
/** So many are counted by name while the minute is open; what comes beyond goes into `other` at once. */
export const PARTS_COUNTED = 5_000;
const LONGEST_NAME = 120;

/** The breakdown of one store's minute in one partition, as a sink stores it. */
export interface StoredBreakdown extends StoredHead {
  readonly kind: "breakdown";
  /** Of each dimension what is {@link STORED} by name, the rest in `other`. */
  readonly breakdown: Readonly<Breakdown>;
}

/**
 * The state of a minute's breakdown. When the minute closes it is cut to what is stored, so that it goes on the
 * same whether it stays in memory or is read back.
 */
export class BreakdownState extends WindowState {
  #breakdown = emptyBreakdown();
  /** A part or a currency came in since the last cut. */
  #grown = false;

  /** Counts an event. One that the stored state holds already changes nothing. */
  count(event: EventParts, offset: Offset, appendTimeMs: number): void {
    if (this.holds(offset)) return;
    const { country, city, utm_source, utm_medium, utm_campaign, device, os, page, product } =
      this.#breakdown;
    const { amount, mobile } = event;
    this.#add(country, event.country, event, amount, 0);
    this.#add(city, event.city, event, amount, 0);
    this.#add(utm_source, event.utmSource, event, amount, 0);
    this.#add(utm_medium, event.utmMedium, event, amount, 0);
    this.#add(utm_campaign, event.utmCampaign, event, amount, 0);
    this.#add(device, mobile === undefined ? undefined : mobile ? "mobile" : "desktop", event, amount, 0);
    this.#add(os, event.os, event, amount, 0);
    this.#add(page, event.page, event, amount, 0);
    if (event.items.length === 0) this.#add(product, event.productId, event, amount, event.quantity);
    for (const item of event.items) this.#add(product, item.productId, event, item.amount, item.quantity);
    if (this.closed && this.#grown) this.#cut();
    this.touch(offset, appendTimeMs);
  }

  override close(offset: Offset, appendTimeMs: number): void {
    if (!this.closed) this.#cut();
    super.close(offset, appendTimeMs);
  }

  /** The state as a sink stores it. */
  toStored(): StoredBreakdown {
    return { kind: "breakdown", ...this.head, breakdown: cut(this.#breakdown) };
  }

  /** Takes a stored breakdown up again. */
  static fromStored(stored: StoredBreakdown): BreakdownState {
    const state = new BreakdownState(stored.id, stored.store, stored.minuteMs);
    state.#breakdown = cut(stored.breakdown);
    state.takeUp(stored);
    return state;
  }

  /** Writes an open minute's breakdown into a snapshot. */
  write(writer: ByteWriter): void {
    this.writeHead(writer);
    writeBreakdown(writer, this.#breakdown);
  }

  /** Reads {@link BreakdownState.write} back. */
  static read(reader: ByteReader, partition: number): BreakdownState {
    const state = new BreakdownState(...readKey(reader, partition));
    state.readHead(reader);
    state.#breakdown = readBreakdown(reader);
    return state;
  }

  #add(
    dimension: DimensionParts,
    value: string | undefined,
    { type, currency }: EventParts,
    amount: MinorUnits | undefined,
    units: number,
  ): void {
    if (value === undefined) return;
    const { counts, money } = dimension.parts.get(value) ?? this.#partFor(dimension, value);
    counts.events++;
    countType(counts, type);
    if (type !== "purchase" && type !== "refund") return;
    if (type === "purchase") counts.units += units;
    if (amount === undefined || currency === undefined) return;
    const totals = type === "purchase" ? { gross: amount, refunds: NONE } : { gross: NONE, refunds: amount };
    const before = money.get(currency);
    if (before === undefined) this.#grown = true;
    money.set(currency, before === undefined ? totals : addMoney(before, totals));
  }

  /** The part of a value that has none of that name yet. */
  #partFor({ parts, other }: DimensionParts, value: string): Part {
    const name = value.length > LONGEST_NAME ? value.slice(0, LONGEST_NAME).toWellFormed() : value;
    const known = parts.get(name);
    if (known !== undefined) return known;
    if (parts.size >= (this.closed ? STORED.parts : PARTS_COUNTED)) return other;
    const part = emptyPart();
    parts.set(name, part);
    this.#grown = true;
    return part;
  }

  #cut(): void {
    this.#breakdown = cut(this.#breakdown);
    this.#grown = false;
  }
}

const NONE = 0 as MinorUnits;

function cut(breakdown: Readonly<Breakdown>): Breakdown {
  return Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, largestParts(breakdown[dimension], STORED)]),
  ) as Breakdown;
}

/** Counters by their written names: a computed name would be looked up, nine times for every event. */
function countType(counts: Part["counts"], type: EventType): void {
  switch (type) {
    case "page_view":
    case "view_item":
      counts.views++;
      break;
    case "add_to_cart":
      counts.carts++;
      break;
    case "begin_checkout":
      counts.checkouts++;
      break;
    case "purchase":
      counts.purchases++;
      break;
    case "refund":
      counts.refunds++;
      break;
    case "search":
    case "remove_from_cart":
    case "other":
  }
}
