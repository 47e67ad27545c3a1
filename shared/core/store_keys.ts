import { Hash64 } from "./hash64.ts";

/**
 * Makes hashes of ids, which a store gives out for itself, into hashes that are distinct among all stores: event and
 * order ids for finding duplicates, user and session ids for telling sessions apart. What a key answers is valid
 * until the next one is asked for.
 */
export class StoreKeys {
  readonly #key = new Hash64();
  readonly #ofEvents = new Hash64();
  readonly #ofOrders = new Hash64();
  readonly #ofSessions = new Hash64();
  /** The store that they are for: nearly always the one of the event before. */
  #store: string | undefined;

  /** The key of an event, from the hash of its id. */
  event(store: string, id: Hash64): Hash64 {
    this.#turnTo(store);
    return this.#key.ofBoth(this.#ofEvents, id);
  }

  /** The key of an order, from the hash of its id. */
  order(store: string, id: Hash64): Hash64 {
    this.#turnTo(store);
    return this.#key.ofBoth(this.#ofOrders, id);
  }

  /** The key of a session, from the hash of user and session id. */
  session(store: string, member: Hash64): Hash64 {
    this.#turnTo(store);
    return this.#key.ofBoth(this.#ofSessions, member);
  }

  #turnTo(store: string): void {
    if (store === this.#store) return;
    this.#store = store;
    this.#ofEvents.of(store, "event");
    this.#ofOrders.of(store, "order");
    this.#ofSessions.of(store, "session");
  }
}
