import { BreakdownState, type StoredBreakdown } from "./breakdown_state.ts";
import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { CohortState, type StoredCohort } from "./cohort_state.ts";
import { minuteId } from "./minute_id.ts";
import { MinuteState, type StoredMinute } from "./minute_state.ts";
import type { Offset } from "./offset.ts";
import { type ShelfAsk, WindowShelf } from "./window_shelf.ts";

/** What a sink keeps of one minute: its totals, its sessions, its totals by dimension. */
export type StoredWindow = StoredMinute | StoredCohort | StoredBreakdown;

/** The key under which stored state of a kind is asked for. */
export function windowKey(kind: StoredWindow["kind"], id: string): string {
  return `${kind}/${id}`;
}

/** The three states of every minute that a fold holds. */
export class MinuteWindows {
  readonly #partition: number;
  readonly #minutes: WindowShelf<MinuteState>;
  readonly #cohorts: WindowShelf<CohortState>;
  readonly #breakdowns: WindowShelf<BreakdownState>;

  /** @param closedKept See {@link WindowShelf}. */
  constructor(partition: number, closedKept: number) {
    const shared = { partition, closedKept };
    this.#partition = partition;
    this.#minutes = new WindowShelf({ ...shared, create: (...of) => new MinuteState(...of) });
    this.#cohorts = new WindowShelf({ ...shared, create: (...of) => new CohortState(...of) });
    this.#breakdowns = new WindowShelf({ ...shared, create: (...of) => new BreakdownState(...of) });
  }

  /** How many states are held. */
  get size(): { readonly minutes: number; readonly cohorts: number; readonly breakdowns: number } {
    return { minutes: this.#minutes.size, cohorts: this.#cohorts.size, breakdowns: this.#breakdowns.size };
  }

  /** The totals of a minute. */
  minute(ask: ShelfAsk): MinuteState {
    return this.#minutes.at(ask);
  }

  /** The sessions of a minute. */
  cohort(ask: ShelfAsk): CohortState {
    return this.#cohorts.at(ask);
  }

  /** The totals of a minute by dimension. */
  breakdown(ask: ShelfAsk): BreakdownState {
    return this.#breakdowns.at(ask);
  }

  /** The keys of what is missing of a closed minute. */
  *missing(store: string, minuteMs: number): Iterable<string> {
    const id = minuteId(minuteMs, this.#partition, store);
    if (!this.#minutes.holdsClosed(store, minuteMs)) yield windowKey("minute", id);
    if (!this.#cohorts.holdsClosed(store, minuteMs)) yield windowKey("cohort", id);
    if (!this.#breakdowns.holdsClosed(store, minuteMs)) yield windowKey("breakdown", id);
  }

  /** Puts back what was let go of. */
  put(stored: StoredWindow): void {
    switch (stored.kind) {
      case "minute":
        return this.#minutes.put(MinuteState.fromStored(stored));
      case "cohort":
        return this.#cohorts.put(CohortState.fromStored(stored));
      case "breakdown":
        return this.#breakdowns.put(BreakdownState.fromStored(stored));
    }
  }

  /** Closes the open minutes that a watermark has passed. */
  closePassed(hasPassed: (minuteMs: number) => boolean, offset: Offset, appendTimeMs: number): void {
    this.#minutes.closePassed(hasPassed, offset, appendTimeMs);
    this.#cohorts.closePassed(hasPassed, offset, appendTimeMs);
    this.#breakdowns.closePassed(hasPassed, offset, appendTimeMs);
  }

  /** Lets go of closed minutes that the sink has, except cohorts that sessions can still change. */
  letGo(minutesOfSessions: ReadonlySet<number>): void {
    this.#minutes.letGo(() => false);
    this.#cohorts.letGo((minuteMs) => minutesOfSessions.has(minuteMs));
    this.#breakdowns.letGo(() => false);
  }

  /** The totals that changed since the last call. */
  takeMinutes(): StoredMinute[] {
    return Array.from(this.#minutes.takeChanged(), (state) => state.toStored());
  }

  /** The cohorts that changed since the last call. */
  takeCohorts(): StoredCohort[] {
    return Array.from(this.#cohorts.takeChanged(), (state) => state.toStored());
  }

  /** The breakdowns that changed since the last call. */
  takeBreakdowns(): StoredBreakdown[] {
    return Array.from(this.#breakdowns.takeChanged(), (state) => state.toStored());
  }

  /** Writes what the sink can't give back into a snapshot: open minutes, and the cohorts of sessions. */
  write(writer: ByteWriter, minutesOfSessions: ReadonlySet<number>): void {
    const all = [
      [...this.#minutes.pinned(() => false)],
      [...this.#cohorts.pinned((minuteMs) => minutesOfSessions.has(minuteMs))],
      [...this.#breakdowns.pinned(() => false)],
    ];
    for (const states of all) {
      writer.uint32(states.length);
      for (const state of states) state.write(writer);
    }
  }

  /** Reads {@link MinuteWindows.write} back. */
  read(reader: ByteReader): void {
    const each = (readOne: () => void) => {
      for (let left = reader.uint32(); left > 0; left--) readOne();
    };
    each(() => this.#minutes.put(MinuteState.read(reader, this.#partition)));
    each(() => this.#cohorts.put(CohortState.read(reader, this.#partition)));
    each(() => this.#breakdowns.put(BreakdownState.read(reader, this.#partition)));
  }
}
