import { partitionKey } from "@countinghouse/core";
import { CHANNELS } from "./campaigns.ts";
import { createCatalogue, type Product } from "./catalogue.ts";
import { EventWriter, sessionTail } from "./event_writer.ts";
import { fnv1a, SeededRandom } from "./seeded_random.ts";
import { Session, type ShopFloor } from "./session.ts";
import { Utf8Slab } from "./utf8_slab.ts";
import { Crowd, type Visitor } from "./visitor.ts";
import { WeightedChoice } from "./weighted_choice.ts";
import { zipfWeights } from "./zipf.ts";

const PRODUCTS = 1_200;
const ZIPF_EXPONENT = 0.9;
/** The mean time between two events of a session, as long as the shop isn't too full. */
const THINK_SECONDS = 12;
const FEWEST_SESSIONS = 20;
const MOST_SESSIONS = 50_000;
/** The share of visits by somebody who was here before, and how many people the shop remembers. */
const RETURNING_SHARE = 0.35;
const MOST_FORMER_VISITORS = 20_000;
/** How long a phone is offline whose events come late: longer than the default allowed lateness of 10 minutes. */
const LEAST_LAG_MS = 11 * 60_000;
const MOST_LAG_MS = 60 * 60_000;

/** An event on its way to the log. */
export interface SimulatedEvent {
  readonly key: Uint8Array;
  /** The event as JSON in UTF-8. */
  readonly value: Uint8Array;
}

/** What a shop is made from; the same options make the same events. */
export interface ShopOptions {
  readonly seed: number;
  readonly storeId: string;
  /** When the first event happens, in milliseconds since the epoch. Part of every id, so no two runs share ids. */
  readonly startMs: number;
  /** Events a second, which sets how many people are in the shop at a time. */
  readonly rate: number;
  /** The share of events (0 to 1) of visitors who are offline and send them 11 to 60 minutes later. */
  readonly lateShare: number;
}

interface OpenSession {
  readonly session: Session;
  readonly key: Uint8Array;
  /** What its events end with. */
  readonly tail: Uint8Array;
}

/**
 * A shop full of visitors. Whoever calls {@link Shop.next} says when the next event happens; the shop decides whose
 * it is. Each person inside is equally likely, so the time between two events of a session is exponential.
 */
export class Shop {
  readonly #options: ShopOptions;
  readonly #random: SeededRandom;
  readonly #writer: EventWriter;
  readonly #crowd: Crowd;
  readonly #floor: ShopFloor;
  readonly #channels = new WeightedChoice(CHANNELS.map((channel) => channel.weight));
  readonly #capacity: number;
  readonly #inside: OpenSession[] = [];
  readonly #former: Visitor[] = [];
  readonly #events = new Utf8Slab();
  /** Sessions live longer than events, so they don't share buffers with them. */
  readonly #tails = new Utf8Slab();
  readonly #run: string;
  #sessions = 0;

  constructor(options: ShopOptions) {
    const { seed, storeId, startMs, rate } = options;
    const random = new SeededRandom("shop", seed, storeId, startMs);
    const run = fnv1a(`${seed}/${storeId}/${startMs}`).toString(36);
    const products = createCatalogue(seed, PRODUCTS);
    const popularity = new WeightedChoice(zipfWeights(PRODUCTS, ZIPF_EXPONENT));
    const numbered = (prefix: string) => {
      let count = 0;
      return () => `${prefix}-${run}-${(++count).toString(36)}`;
    };
    this.#options = options;
    this.#random = random;
    this.#run = run;
    this.#writer = new EventWriter(random);
    this.#crowd = new Crowd(random, numbered("u"));
    this.#floor = {
      random,
      product: (): Product => products[popularity.draw(random)]!,
      newOrderId: numbered("o"),
    };
    this.#capacity = Math.round(Math.min(Math.max(rate * THINK_SECONDS, FEWEST_SESSIONS), MOST_SESSIONS));
  }

  /** The event that happens at this time; a visitor who is offline stamps it earlier. */
  next(timeMs: number): SimulatedEvent {
    while (true) {
      const { index, open } = this.#pick(timeMs);
      const { session, key, tail } = open;
      const step = session.next();
      if (step === undefined) {
        this.#leave(index);
        continue;
      }
      session.lastMs = timeMs;
      const head = this.#writer.eventHead(step, timeMs - session.lagMs, session.visitor.currency);
      return { key, value: this.#events.encode(head, tail) };
    }
  }

  /** Somebody inside who did nothing yet in this millisecond, or a visitor who just came in. */
  #pick(timeMs: number): { index: number; open: OpenSession } {
    const filling = this.#inside.length < this.#capacity;
    if (this.#inside.length > 0 && !(filling && this.#random.chance(0.5))) {
      const index = this.#random.below(this.#inside.length);
      const open = this.#inside[index]!;
      if (open.session.lastMs < timeMs) return { index, open };
    }
    const open = this.#enter(timeMs);
    return { index: this.#inside.push(open) - 1, open };
  }

  #enter(timeMs: number): OpenSession {
    const random = this.#random;
    const lagMs = random.chance(this.#options.lateShare) ? random.between(LEAST_LAG_MS, MOST_LAG_MS) : 0;
    const visitor = lagMs === 0 ? this.#visitor(timeMs) : this.#crowd.newcomer(timeMs);
    const channel = CHANNELS[this.#channels.draw(random)]!;
    const id = `s-${this.#run}-${(++this.#sessions).toString(36)}`;
    const session = new Session(this.#floor, id, visitor, channel, timeMs, lagMs);
    const { storeId } = this.#options;
    return {
      session,
      key: partitionKey(storeId, visitor.userId),
      tail: this.#tails.encode(sessionTail(session, storeId)),
    };
  }

  #visitor(timeMs: number): Visitor {
    if (this.#former.length > 0 && this.#random.chance(RETURNING_SHARE)) {
      return removeAt(this.#former, this.#random.below(this.#former.length));
    }
    return this.#crowd.newcomer(timeMs);
  }

  #leave(index: number): void {
    const { session } = removeAt(this.#inside, index);
    if (this.#former.length === MOST_FORMER_VISITORS) {
      removeAt(this.#former, this.#random.below(MOST_FORMER_VISITORS));
    }
    this.#former.push(session.visitor);
  }
}

/** Takes an element out by moving the last one to its place. */
function removeAt<T>(list: T[], index: number): T {
  const removed = list[index]!;
  const last = list.pop()!;
  if (index < list.length) list[index] = last;
  return removed;
}
