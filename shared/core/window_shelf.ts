import { minuteId } from "./minute_id.ts";
import type { Offset } from "./offset.ts";
import { MINUTE_MS } from "./window.ts";
import type { WindowKey, WindowState } from "./window_state.ts";

const RECENT_MINUTES = 16;

/** How a shelf makes its states. */
export interface ShelfOptions<State> {
  readonly partition: number;
  /** How many closed states stay when nothing needs them, in case more late events come. */
  readonly closedKept: number;
  readonly create: (...key: WindowKey) => State;
}

/** Which state is wanted, and the record on whose behalf. */
export interface ShelfAsk {
  readonly store: string;
  readonly minuteMs: number;
  readonly closed: boolean;
  readonly offset: Offset;
  readonly appendTimeMs: number;
}

/**
 * The states of one kind that a fold holds: those of open minutes all the time, those of closed minutes as long as
 * there is room. What was let go of is with the sink, and can be put back.
 */
export class WindowShelf<State extends WindowState> {
  readonly #options: ShelfOptions<State>;
  readonly #open = new StoreMinutes<State>();
  readonly #closed = new StoreMinutes<State>();
  /** The closed ones, the least recently used first. */
  readonly #closedByUse = new Set<State>();
  /** The open state used last of every 16th minute: nearly always the one that is asked for next. */
  readonly #recent: (State | undefined)[] = new Array(RECENT_MINUTES).fill(undefined);

  constructor(options: ShelfOptions<State>) {
    this.#options = options;
  }

  /** How many states are held. */
  get size(): number {
    return this.#open.size + this.#closed.size;
  }

  /** A minute's state; a new one where neither the shelf nor, as it said before, the sink has one. */
  at(ask: ShelfAsk): State {
    return ask.closed ? this.#closedAt(ask) : this.#openAt(ask.store, ask.minuteMs);
  }

  /** Whether a closed minute's state is here. */
  holdsClosed(store: string, minuteMs: number): boolean {
    return this.#closed.get(store, minuteMs) !== undefined;
  }

  /** Puts a state back that was read from the sink or a snapshot. */
  put(state: State): void {
    if (state.closed) this.#putClosed(state);
    else this.#open.set(state);
  }

  /** Closes the open minutes that a watermark has passed. */
  closePassed(hasPassed: (minuteMs: number) => boolean, offset: Offset, appendTimeMs: number): void {
    for (const state of this.#open) {
      if (!hasPassed(state.minuteMs)) continue;
      state.close(offset, appendTimeMs);
      this.#open.delete(state);
      this.#putClosed(state);
    }
    this.#recent.fill(undefined);
  }

  /** Lets go of closed states that the sink has as they are, unless they are pinned. */
  letGo(isPinned: (minuteMs: number) => boolean): void {
    let surplus = this.#closed.size - this.#options.closedKept;
    for (const state of this.#closedByUse) {
      if (surplus <= 0) return;
      if (state.changed || isPinned(state.minuteMs)) continue;
      this.#closed.delete(state);
      this.#closedByUse.delete(state);
      surplus--;
    }
  }

  /** The states that changed since the last call. */
  *takeChanged(): Iterable<State> {
    for (const state of this.#all()) {
      if (!state.changed) continue;
      state.changed = false;
      yield state;
    }
  }

  /** The states of open minutes, and the closed ones that are pinned: what the sink can't be asked for. */
  *pinned(isPinned: (minuteMs: number) => boolean): Iterable<State> {
    for (const state of this.#all()) if (!state.closed || isPinned(state.minuteMs)) yield state;
  }

  #openAt(store: string, minuteMs: number): State {
    const place = (minuteMs / MINUTE_MS) % RECENT_MINUTES;
    const recent = this.#recent[place];
    if (recent !== undefined && recent.minuteMs === minuteMs && recent.store === store) return recent;
    let state = this.#open.get(store, minuteMs);
    if (state === undefined) this.#open.set(state = this.#create(store, minuteMs));
    return this.#recent[place] = state;
  }

  #closedAt({ store, minuteMs, offset, appendTimeMs }: ShelfAsk): State {
    let state = this.#closed.get(store, minuteMs);
    if (state === undefined) {
      state = this.#create(store, minuteMs);
      state.close(offset, appendTimeMs);
    }
    this.#putClosed(state);
    return state;
  }

  #putClosed(state: State): void {
    const before = this.#closed.set(state);
    if (before !== undefined) this.#closedByUse.delete(before);
    this.#closedByUse.add(state);
  }

  *#all(): Iterable<State> {
    yield* this.#open;
    yield* this.#closedByUse;
  }

  #create(store: string, minuteMs: number): State {
    const { create, partition } = this.#options;
    return create(minuteId(minuteMs, partition, store), store, minuteMs);
  }
}

/** States by store and minute. */
class StoreMinutes<State extends WindowState> {
  readonly #stores = new Map<string, Map<number, State>>();
  size = 0;

  get(store: string, minuteMs: number): State | undefined {
    return this.#stores.get(store)?.get(minuteMs);
  }

  /** Puts a state in; answers the one that stood there before. */
  set(state: State): State | undefined {
    let minutes = this.#stores.get(state.store);
    if (minutes === undefined) this.#stores.set(state.store, minutes = new Map());
    const before = minutes.get(state.minuteMs);
    if (before === undefined) this.size++;
    minutes.set(state.minuteMs, state);
    return before;
  }

  delete({ store, minuteMs }: State): void {
    const minutes = this.#stores.get(store);
    if (minutes === undefined || !minutes.delete(minuteMs)) return;
    this.size--;
    if (minutes.size === 0) this.#stores.delete(store);
  }

  *[Symbol.iterator](): Iterator<State> {
    for (const minutes of this.#stores.values()) yield* minutes.values();
  }
}
