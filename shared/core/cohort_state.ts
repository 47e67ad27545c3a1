import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { type Cohort, emptyCohort } from "./cohort.ts";
import { minuteId } from "./minute_id.ts";
import { type Offset, START } from "./offset.ts";
import type { WindowState } from "./window_shelf.ts";

/** The cohort of one store's minute in one partition, as a sink stores it. */
export interface StoredCohort {
  readonly kind: "cohort";
  /** See {@link minuteId}. */
  readonly id: string;
  readonly store: string;
  readonly minuteMs: number;
  readonly cohort: Readonly<Cohort>;
  /** Behind the last record that changed it. */
  readonly through: Offset;
  /** The append time of that record. */
  readonly touchedMs: number;
  readonly closed: boolean;
}

/** The state of a cohort while its sessions go on. */
export class CohortState implements WindowState {
  cohort = emptyCohort();
  through = START;
  touchedMs = 0;
  closed = false;
  changed = false;
  /** Records below this were in when the state was read back from the sink. */
  #storedThrough = START;

  constructor(readonly id: string, readonly store: string, readonly minuteMs: number) {}

  /** The cohort, to be changed by a record; one to be thrown away where the stored state holds that record already. */
  changedBy(offset: Offset, appendTimeMs: number): Cohort {
    if (offset < this.#storedThrough) return emptyCohort();
    this.#touch(offset, appendTimeMs);
    return this.cohort;
  }

  close(offset: Offset, appendTimeMs: number): void {
    if (this.closed) return;
    this.closed = true;
    this.#touch(offset, appendTimeMs);
  }

  /** The state as a sink stores it. */
  toStored(): StoredCohort {
    const { id, store, minuteMs, through, touchedMs, closed, cohort } = this;
    const copy = { ...cohort, reached: [...cohort.reached] as Cohort["reached"] };
    return { kind: "cohort", id, store, minuteMs, cohort: copy, through, touchedMs, closed };
  }

  /** Takes a stored cohort up again. */
  static fromStored(stored: StoredCohort): CohortState {
    const state = new CohortState(stored.id, stored.store, stored.minuteMs);
    state.cohort = { ...stored.cohort, reached: [...stored.cohort.reached] };
    state.through = stored.through;
    state.#storedThrough = stored.through;
    state.touchedMs = stored.touchedMs;
    state.closed = stored.closed;
    return state;
  }

  /** Writes the state into a snapshot. */
  write(writer: ByteWriter): void {
    writer.text(this.store);
    writer.float64(this.minuteMs);
    writer.float64(this.through);
    writer.float64(this.touchedMs);
    writer.uint32(this.closed ? 1 : 0);
    const { started, reached, bounced, events, pageViews, durationMs, lastSeen } = this.cohort;
    for (const value of [started, ...reached, bounced, events, pageViews, durationMs, lastSeen]) {
      writer.float64(value);
    }
  }

  /** Reads {@link CohortState.write} back. */
  static read(reader: ByteReader, partition: number): CohortState {
    const store = reader.text();
    const minuteMs = reader.float64();
    const state = new CohortState(minuteId(minuteMs, partition, store), store, minuteMs);
    state.through = reader.float64() as Offset;
    state.touchedMs = reader.float64();
    state.closed = reader.uint32() === 1;
    const next = () => reader.float64();
    state.cohort = {
      started: next(),
      reached: [next(), next(), next(), next()],
      bounced: next(),
      events: next(),
      pageViews: next(),
      durationMs: next(),
      lastSeen: next(),
    };
    return state;
  }

  #touch(offset: Offset, appendTimeMs: number): void {
    this.through = (offset + 1) as Offset;
    this.touchedMs = appendTimeMs;
    this.changed = true;
  }
}
