import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { EventType } from "./event.ts";

/** The steps of the funnel, in the order in which a session has to take them. */
export const FUNNEL_STEPS = ["view", "cart", "checkout", "purchase"] as const;

/** One of {@link FUNNEL_STEPS}. */
export type FunnelStep = typeof FUNNEL_STEPS[number];

/** The step that an event of a type takes; undefined when it takes none. */
export function funnelStep(type: EventType): FunnelStep | undefined {
  switch (type) {
    case "page_view":
    case "view_item":
      return "view";
    case "add_to_cart":
      return "cart";
    case "begin_checkout":
      return "checkout";
    case "purchase":
      return "purchase";
    case "search":
    case "remove_from_cart":
    case "refund":
    case "other":
      return undefined;
  }
}

/** So many times of a step are kept; a session that puts more into its cart than this is a robot's. */
const MOST_TIMES = 64;

/**
 * What one session did beyond viewing, and how far that took it in the funnel, whatever order its events arrive in:
 * the longest prefix of the steps for which there are events at rising times (equal ones count as in order).
 *
 * Of the purchases the last one is enough. Of carts and checkouts every time can matter, because an earlier view
 * that arrives later makes an earlier cart count.
 */
export class FunnelPath {
  #carts: number[] = [];
  #checkouts: number[] = [];
  #lastPurchase = -Infinity;

  /** Takes a step in. */
  add(step: Exclude<FunnelStep, "view">, timeMs: number): void {
    switch (step) {
      case "cart":
        if (this.#carts.length < MOST_TIMES) this.#carts.push(timeMs);
        break;
      case "checkout":
        if (this.#checkouts.length < MOST_TIMES) this.#checkouts.push(timeMs);
        break;
      case "purchase":
        this.#lastPurchase = Math.max(this.#lastPurchase, timeMs);
    }
  }

  /** Takes in what another path of the same session holds. */
  join(other: FunnelPath): void {
    for (const timeMs of other.#carts) this.add("cart", timeMs);
    for (const timeMs of other.#checkouts) this.add("checkout", timeMs);
    this.add("purchase", other.#lastPurchase);
  }

  /** How many steps were taken in order, given when the session first viewed: 1 to 4. */
  depth(firstViewMs: number): number {
    const cart = earliestFrom(firstViewMs, this.#carts);
    if (cart === undefined) return 1;
    const checkout = earliestFrom(cart, this.#checkouts);
    if (checkout === undefined) return 2;
    return this.#lastPurchase >= checkout ? 4 : 3;
  }

  /** Writes the path into a snapshot. */
  write(writer: ByteWriter): void {
    for (const timesMs of [this.#carts, this.#checkouts]) {
      writer.uint32(timesMs.length);
      for (const timeMs of timesMs) writer.float64(timeMs);
    }
    writer.float64(this.#lastPurchase);
  }

  /** Reads {@link FunnelPath.write} back. */
  static read(reader: ByteReader): FunnelPath {
    const path = new FunnelPath();
    path.#carts = readTimes(reader);
    path.#checkouts = readTimes(reader);
    path.#lastPurchase = reader.float64();
    return path;
  }
}

function readTimes(reader: ByteReader): number[] {
  return Array.from({ length: reader.uint32() }, () => reader.float64());
}

function earliestFrom(fromMs: number, timesMs: readonly number[]): number | undefined {
  let earliest: number | undefined;
  for (const timeMs of timesMs) {
    if (timeMs >= fromMs && (earliest === undefined || timeMs < earliest)) earliest = timeMs;
  }
  return earliest;
}
