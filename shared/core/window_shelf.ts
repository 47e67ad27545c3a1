import { minuteId } from "./minute_id.ts";
import type { Offset } from "./offset.ts";
import type { WindowKey, WindowState } from "./window_state.ts";

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
  /** store -> minute -> state. */
  readonly #open = new Map<string, Map<number, State>>();
  /** By id, the least recently used first. */
  readonly #closed = new Map<string, State>();

  constructor(options: ShelfOptions<State>) {
    this.#options = options;
  }

  /** How many states are held. */
  get size(): number {
    let size = this.#closed.size;
    for (const minutes of this.#open.values()) size += minutes.size;
    return size;
  }

  /** A minute's state; a new one where neither the shelf nor, as it said before, the sink has one. */
  at(ask: ShelfAsk): State {
    return ask.closed ? this.#closedAt(ask) : this.#openAt(ask);
  }

  /** Whether a closed minute's state is here. */
  holdsClosed(id: string): boolean {
    return this.#closed.has(id);
  }

  /** Puts a state back that was read from the sink or a snapshot. */
  put(state: State): void {
    if (state.closed) this.#closed.set(state.id, state);
    else this.#minutesOf(state.store).set(state.minuteMs, state);
  }

  /** Closes the open minutes that a watermark has passed. */
  closePassed(hasPassed: (minuteMs: number) => boolean, offset: Offset, appendTimeMs: number): void {
    for (const [store, minutes] of this.#open) {
      for (const [minuteMs, state] of minutes) {
        if (!hasPassed(minuteMs)) continue;
        state.close(offset, appendTimeMs);
        minutes.delete(minuteMs);
        this.#closed.set(state.id, state);
      }
      if (minutes.size === 0) this.#open.delete(store);
    }
  }

  /** Lets go of closed states that the sink has as they are, unless they are pinned. */
  letGo(isPinned: (minuteMs: number) => boolean): void {
    let surplus = this.#closed.size - this.#options.closedKept;
    for (const [id, state] of this.#closed) {
      if (surplus <= 0) return;
      if (state.changed || isPinned(state.minuteMs)) continue;
      this.#closed.delete(id);
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

  #openAt({ store, minuteMs }: ShelfAsk): State {
    const minutes = this.#minutesOf(store);
    let state = minutes.get(minuteMs);
    if (state === undefined) minutes.set(minuteMs, state = this.#create(store, minuteMs));
    return state;
  }

  #closedAt({ store, minuteMs, offset, appendTimeMs }: ShelfAsk): State {
    const id = minuteId(minuteMs, this.#options.partition, store);
    let state = this.#closed.get(id);
    if (state === undefined) {
      state = this.#create(store, minuteMs);
      state.close(offset, appendTimeMs);
    } else {
      this.#closed.delete(id);
    }
    this.#closed.set(id, state);
    return state;
  }

  #minutesOf(store: string): Map<number, State> {
    let minutes = this.#open.get(store);
    if (minutes === undefined) this.#open.set(store, minutes = new Map());
    return minutes;
  }

  *#all(): Iterable<State> {
    for (const minutes of this.#open.values()) yield* minutes.values();
    yield* this.#closed.values();
  }

  #create(store: string, minuteMs: number): State {
    const { create, partition } = this.#options;
    return create(minuteId(minuteMs, partition, store), store, minuteMs);
  }
}
