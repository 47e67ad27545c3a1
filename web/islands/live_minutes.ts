import type { KpiWindow } from "@countinghouse/core";
import { minuteStart } from "@countinghouse/core/window";
import { type Connection, type LiveState, withTime, withWindow } from "./live_state.ts";

/** The state that islands share, and a way to hear of its changes. */
export interface LiveMinutes {
  readonly state: LiveState;
  /** As the server rendered it: an island hydrates with this one, whatever has changed since. */
  readonly rendered: LiveState;
  /** Answers how to stop listening. */
  subscribe(listener: () => void): () => void;
}

/** What an island is given. */
export interface IslandProps {
  readonly live: LiveMinutes;
}

/** A state that stays as it is: what the server renders. */
export function stillMinutes(state: LiveState): LiveMinutes {
  return { state, rendered: state, subscribe: () => () => {} };
}

/** What following needs of a browser; a test brings its own. */
export interface LiveSources {
  readonly openStream: (url: string) => EventSource;
  readonly now: () => number;
  /** Runs once before the next frame. */
  readonly beforeFrame: (task: () => void) => void;
}

/** How long to wait with a new stream when the server has refused one, which a browser does not retry by itself. */
const REOPEN_MS = 2_000;
const CLOCK_MS = 1_000;

/** The state as it changes with the server's event stream, until closed. */
export function followMinutes(initial: LiveState, sources: LiveSources): LiveMinutes & { close(): void } {
  // The viewer's clock may be wrong; minutes move by the server's.
  const aheadMs = initial.nowMs - sources.now();
  const now = () => sources.now() + aheadMs;
  const listeners = new Set<() => void>();
  let state = initial;
  let position = initial.position;
  let announced = false;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let stream = open();

  function change(next: LiveState): void {
    state = next;
    if (announced) return;
    announced = true;
    sources.beforeFrame(() => {
      announced = false;
      for (const listener of listeners) listener();
    });
  }

  function connected(connection: Connection): void {
    if (state.connection !== connection) change({ ...state, connection });
  }

  function open(): EventSource {
    const parameters = new URLSearchParams({ store_id: state.storeId, since: position });
    const opened = sources.openStream(`/live?${parameters}`);
    opened.addEventListener("open", () => connected("live"));
    opened.addEventListener("kpi", (event) => {
      position = event.lastEventId || position;
      change(withWindow({ ...state, connection: "live" }, JSON.parse(event.data) as KpiWindow, now()));
    });
    opened.addEventListener("error", () => {
      connected(globalThis.navigator?.onLine === false ? "offline" : "reconnecting");
      if (opened.readyState !== EventSource.CLOSED) return;
      clearTimeout(reopening);
      reopening = setTimeout(() => stream = open(), REOPEN_MS);
    });
    return opened;
  }

  const clock = setInterval(() => {
    if (minuteStart(now()) !== minuteStart(state.nowMs)) change(withTime(state, now()));
  }, CLOCK_MS);

  return {
    get state() {
      return state;
    },
    rendered: initial,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(clock);
      clearTimeout(reopening);
      stream.close();
    },
  };
}
