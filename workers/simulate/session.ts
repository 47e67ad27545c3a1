import type { Channel } from "./campaigns.ts";
import { priceOf, type Product } from "./catalogue.ts";
import { readinessToBuy } from "./daily_rhythm.ts";
import { COUPONS, discounted, type Line, type Order } from "./order.ts";
import type { SeededRandom } from "./seeded_random.ts";
import type { Visitor } from "./visitor.ts";

/** What a visitor does next; each becomes one event. */
export type Step =
  | { readonly type: "page_view"; readonly page: string }
  | { readonly type: "search"; readonly query: string }
  | { readonly type: "view_item" | "add_to_cart" | "remove_from_cart"; readonly line: Line }
  | { readonly type: "begin_checkout"; readonly lines: readonly Line[] }
  | { readonly type: "purchase"; readonly order: Order }
  | { readonly type: "refund"; readonly order: Order; readonly lines: readonly Line[] };

type Move =
  | "landing"
  | "list"
  | "search"
  | "item"
  | "add"
  | "remove"
  | "checkout"
  | "buy"
  | "thanks"
  | "leave";

/**
 * How likely each move follows a move. "add", "checkout" and "buy" are weighed by the visitor's readiness to buy, so
 * the weights are relative. Of 100 sessions about 70 see a product, 15 fill a cart and 3 buy.
 */
const NEXT: Readonly<Record<Move, readonly (readonly [Move, number])[]>> = {
  landing: [["leave", 28], ["list", 34], ["search", 12], ["item", 26]],
  list: [["item", 62], ["list", 16], ["search", 8], ["leave", 14]],
  search: [["item", 66], ["search", 14], ["list", 8], ["leave", 12]],
  item: [["add", 7], ["item", 36], ["list", 27], ["search", 9], ["leave", 21]],
  add: [["checkout", 26], ["item", 32], ["list", 16], ["remove", 10], ["leave", 16]],
  remove: [["item", 38], ["checkout", 22], ["list", 16], ["leave", 24]],
  checkout: [["buy", 54], ["item", 9], ["remove", 5], ["leave", 32]],
  buy: [["thanks", 60], ["leave", 40]],
  thanks: [["leave", 85], ["list", 15]],
  leave: [],
};

const RETURN_CHANCE = 0.12;
const COUPON_CHANCE = 0.15;

/** What a session needs of the shop that it takes place in. */
export interface ShopFloor {
  readonly random: SeededRandom;
  /** A product somebody is interested in: a popular one more often. */
  product(): Product;
  newOrderId(): string;
}

/** A visit: a walk through {@link NEXT} that ends when the visitor leaves. */
export class Session {
  /** The event time of the last step. */
  lastMs = -Infinity;
  readonly #floor: ShopFloor;
  readonly #readiness: number;
  #move: Move | "return" | undefined;
  #product: Product | undefined;
  #cart: readonly Line[] = [];

  /**
   * @param timeMs when it begins, which sets the mood.
   * @param lagMs how long after their time the events arrive; 0 but for a phone that was offline.
   */
  constructor(
    floor: ShopFloor,
    readonly id: string,
    readonly visitor: Visitor,
    readonly channel: Channel,
    timeMs: number,
    readonly lagMs: number,
  ) {
    this.#floor = floor;
    this.#readiness = channel.readiness * (visitor.device.mobile ? 0.8 : 1.3) *
      readinessToBuy(timeMs, visitor.country.utcOffsetHours);
  }

  /** The next step, or undefined when the visitor has left. */
  next(): Step | undefined {
    if (this.#move === "leave") return undefined;
    if (this.#move === undefined) return this.#arrive();
    if (this.#move === "return") return this.#sendBack();
    this.#move = this.#choose(NEXT[this.#move]);
    return this.#take(this.#move);
  }

  #arrive(): Step {
    const { random } = this.#floor;
    if (this.visitor.lastOrder !== undefined && random.chance(RETURN_CHANCE)) {
      this.#move = "return";
      return { type: "page_view", page: "/account/orders" };
    }
    const medium = this.channel.utm?.medium;
    if (medium === "cpc" || medium === "affiliate") {
      this.#move = "item";
      return this.#viewItem();
    }
    this.#move = "landing";
    return { type: "page_view", page: random.chance(0.7) ? "/" : `/c/${this.#floor.product().category}` };
  }

  #sendBack(): Step {
    const { random } = this.#floor;
    const order = this.visitor.lastOrder!;
    this.visitor.lastOrder = undefined;
    this.#move = random.chance(0.7) ? "thanks" : "list";
    const lines = random.chance(0.6) ? order.lines : [random.oneOf(order.lines)];
    return { type: "refund", order, lines };
  }

  #choose(moves: readonly (readonly [Move, number])[]): Move {
    let total = 0;
    for (const [move, weight] of moves) total += this.#weigh(move, weight);
    let left = this.#floor.random.unit() * total;
    for (const [move, weight] of moves) {
      left -= this.#weigh(move, weight);
      if (left < 0) return move;
    }
    return "leave";
  }

  #weigh(move: Move, weight: number): number {
    switch (move) {
      case "add":
      case "buy":
        return weight * this.#readiness;
      case "checkout":
        return this.#cart.length === 0 ? 0 : weight * this.#readiness;
      case "remove":
        return this.#cart.length === 0 ? 0 : weight;
      default:
        return weight;
    }
  }

  #take(move: Move): Step | undefined {
    const { random } = this.#floor;
    switch (move) {
      case "landing":
      case "list":
        return {
          type: "page_view",
          page: `/c/${this.#floor.product().category}?page=${random.between(1, 4)}`,
        };
      case "search":
        return { type: "search", query: searchFor(this.#floor.product()) };
      case "item":
        return this.#viewItem();
      case "add":
        return this.#addToCart();
      case "remove": {
        const line = random.oneOf(this.#cart);
        this.#cart = this.#cart.filter((other) => other !== line);
        return { type: "remove_from_cart", line };
      }
      case "checkout":
        return { type: "begin_checkout", lines: this.#cart };
      case "buy":
        return this.#buy();
      case "thanks":
        return { type: "page_view", page: "/order/confirmation" };
      case "leave":
        return undefined;
    }
  }

  #viewItem(): Step {
    this.#product = this.#floor.product();
    return { type: "view_item", line: this.#line(this.#product, 1) };
  }

  #addToCart(): Step {
    const product = this.#product!;
    const line = this.#line(product, this.#floor.random.chance(0.8) ? 1 : this.#floor.random.between(2, 4));
    const before = this.#cart.find((other) => other.product === product);
    const together = before === undefined ? line : { ...line, quantity: before.quantity + line.quantity };
    this.#cart = [...this.#cart.filter((other) => other !== before), together];
    return { type: "add_to_cart", line };
  }

  #buy(): Step {
    const { random } = this.#floor;
    const coupon = random.chance(COUPON_CHANCE) ? random.oneOf(COUPONS) : undefined;
    const order: Order = {
      id: this.#floor.newOrderId(),
      currency: this.visitor.currency,
      lines: coupon === undefined ? this.#cart : discounted(this.#cart, coupon),
      coupon: coupon?.code,
    };
    this.visitor.lastOrder = order;
    this.#cart = [];
    return { type: "purchase", order };
  }

  #line(product: Product, quantity: number): Line {
    return { product, quantity, unitPrice: priceOf(product, this.visitor.currency) };
  }
}

function searchFor(product: Product): string {
  return product.name.split(" ").slice(1).join(" ").toLowerCase();
}
