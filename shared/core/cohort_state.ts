import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { type Cohort, emptyCohort } from "./cohort.ts";
import type { Offset } from "./offset.ts";
import { readKey, type StoredHead, WindowState } from "./window_state.ts";

/** The cohort of one store's minute in one partition, as a sink stores it. */
export interface StoredCohort extends StoredHead {
  readonly kind: "cohort";
  readonly cohort: Readonly<Cohort>;
}

/** The state of a cohort while its sessions go on. */
export class CohortState extends WindowState {
  cohort = emptyCohort();

  /** The cohort, to be changed by a record; one to be thrown away where the stored state holds that record already. */
  changedBy(offset: Offset, appendTimeMs: number): Cohort {
    if (this.holds(offset)) return emptyCohort();
    this.touch(offset, appendTimeMs);
    return this.cohort;
  }

  /** The state as a sink stores it. */
  toStored(): StoredCohort {
    const reached = [...this.cohort.reached] as Cohort["reached"];
    return { kind: "cohort", ...this.head, cohort: { ...this.cohort, reached } };
  }

  /** Takes a stored cohort up again. */
  static fromStored(stored: StoredCohort): CohortState {
    const state = new CohortState(stored.id, stored.store, stored.minuteMs);
    state.cohort = { ...stored.cohort, reached: [...stored.cohort.reached] };
    state.takeUp(stored);
    return state;
  }

  /** Writes the state into a snapshot. */
  write(writer: ByteWriter): void {
    this.writeHead(writer);
    const { started, reached, bounced, events, pageViews, durationMs, lastSeen } = this.cohort;
    for (const value of [started, ...reached, bounced, events, pageViews, durationMs, lastSeen]) {
      writer.float64(value);
    }
  }

  /** Reads {@link CohortState.write} back. */
  static read(reader: ByteReader, partition: number): CohortState {
    const state = new CohortState(...readKey(reader, partition));
    state.readHead(reader);
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
}
