import { FALLBACK_CURRENCY } from "./decode_event.ts";
import type { EventItem } from "./event.ts";
import type { EventFacts } from "./event_facts.ts";
import type { CurrencyCode, MinorUnits } from "./money.ts";
import { lineAmount, MoneySum } from "./money_sum.ts";

/** A line of an order; a price of NaN is none. */
export interface ScannedLine {
  readonly productId: string | undefined;
  readonly price: number;
  readonly quantity: number;
}

/** The numbers that an event's amount is made of, kept until all of it was read: its currency may come last. */
export class ScannedMoney {
  /** NaN is none. */
  price = NaN;
  value = NaN;
  #lines: ScannedLine[] = [];

  /** Begins an event. */
  begin(): void {
    this.price = NaN;
    this.value = NaN;
    if (this.#lines.length > 0) this.#lines = [];
  }

  /** Adds a line. */
  line(line: ScannedLine): void {
    this.#lines.push(line);
  }

  /** Computes the amounts of the event and its lines, as decodeEvent does; answers false where one is out of range. */
  computeInto(facts: EventFacts): boolean {
    const currency = facts.currency ?? FALLBACK_CURRENCY;
    const total = this.#computeLines(facts, currency);
    if (Number.isNaN(total)) return false;
    if (!Number.isNaN(this.value)) facts.amount = lineAmount(this.value, 1, currency);
    else if (total !== undefined) facts.amount = total;
    else if (!Number.isNaN(this.price)) facts.amount = lineAmount(this.price, facts.quantity, currency);
    else return true;
    facts.currency = currency;
    return facts.amount !== undefined;
  }

  /** The sum of the lines; undefined when none has a price, NaN when an amount is out of range. */
  #computeLines(facts: EventFacts, currency: CurrencyCode): MinorUnits | undefined {
    if (this.#lines.length === 0) return undefined;
    const sum = new MoneySum(currency);
    let anyPrice = false;
    let inRange = true;
    facts.items = this.#lines.map(({ productId, price, quantity }): EventItem => {
      if (Number.isNaN(price)) return { productId, amount: undefined, quantity };
      const amount = sum.add(price, quantity);
      anyPrice = true;
      inRange &&= amount !== undefined;
      return { productId, amount, quantity };
    });
    if (!anyPrice) return undefined;
    return (inRange ? sum.total() : undefined) ?? NaN as MinorUnits;
  }
}
