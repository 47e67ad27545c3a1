import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { Cohort } from "./cohort.ts";
import type { EventType } from "./event.ts";
import { FunnelPath, funnelStep } from "./funnel.ts";
import type { Hash64 } from "./hash64.ts";
import { SessionRows } from "./session_rows.ts";
import { minuteStart } from "./window.ts";

/** How sessions are cut and how long they are held. */
export interface SessionOptions {
  /** A gap of more than this between two events ends a session. */
  readonly timeoutMs: number;
  /** How much longer than the timeout a session is held, for events that come out of order. */
  readonly allowedLatenessMs: number;
}

/** An event of a session. */
export interface SessionEvent {
  readonly type: EventType;
  readonly timeMs: number;
  readonly appendTimeMs: number;
}

/** The cohort of a minute, to be changed. */
export type CohortOf = (minuteMs: number) => Cohort;

/** A session is cut here, so that one which never ends holds nothing for ever. */
const LONGEST_MS = 86_400_000;
const SMALLEST = 1 << 8;
const FREE = 0;
const LIVE = 1;
/** Joined to another: free for nobody until the table is laid anew, because a probe has to go on behind it. */
const GONE = 2;
const NO_PATH = 0;

/**
 * The sessions of one partition that an event can still touch, in typed columns: 50 bytes a slot, at most half of
 * the slots in use.
 *
 * A session is made of event times alone, whatever order its events come in: events of the same key are in the
 * same session when no gap between them is longer than the timeout. One that closes a gap joins what stood on both
 * sides of it.
 */
export class SessionTable {
  readonly #options: SessionOptions;
  #mask = SMALLEST - 1;
  #rows = new SessionRows(SMALLEST);
  /** Slots that are not free. */
  #taken = 0;
  #size = 0;
  /** What sessions did beyond viewing; 0 is no path. */
  #paths: (FunnelPath | undefined)[] = [undefined];
  #freePaths: number[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** How many sessions are held. */
  get size(): number {
    return this.#size;
  }

  /** Takes an event into its session, and puts what that changes into the cohorts. */
  observe(key: Pick<Hash64, "low" | "high">, event: SessionEvent, cohortOf: CohortOf): void {
    const home = (key.low ^ key.high) & this.#mask;
    const slot = this.#probe(key, event.timeMs, home);
    if (slot === undefined) {
      this.#begin(key, event, cohortOf);
      return;
    }
    const other = this.#probe(key, event.timeMs, (slot + 1) & this.#mask);
    if (other === undefined && minuteStart(event.timeMs) >= minuteStart(this.#rows.startMs[slot]!)) {
      this.#extend(slot, event, cohortOf);
      return;
    }
    this.#contribute(slot, -1, cohortOf);
    if (other !== undefined) {
      this.#contribute(other, -1, cohortOf);
      this.#join(slot, other);
    }
    this.#add(slot, event);
    this.#contribute(slot, 1, cohortOf);
  }

  /** Lets go of the sessions that no event in time can touch any more. */
  expire(watermarkMs: number, appendTimeMs: number): void {
    const { timeoutMs, allowedLatenessMs } = this.#options;
    const { state, lastMs, touchedMs, path } = this.#rows;
    const touchedBefore = appendTimeMs - timeoutMs - allowedLatenessMs;
    const lastBefore = watermarkMs - timeoutMs;
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (state[slot] !== LIVE || touchedMs[slot]! >= touchedBefore || lastMs[slot]! >= lastBefore) continue;
      state[slot] = GONE;
      this.#size--;
      this.#releasePath(path[slot]!);
    }
    this.#lay(slotsFor(this.#size));
  }

  /** Minutes that held sessions can still change: those they started and were last seen in. */
  *minutes(): Iterable<number> {
    const { state, startMs, lastMs } = this.#rows;
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (state[slot] !== LIVE) continue;
      yield minuteStart(startMs[slot]!);
      yield minuteStart(lastMs[slot]!);
    }
  }

  /** Writes the sessions into a snapshot. */
  write(writer: ByteWriter): void {
    const rows = this.#rows;
    writer.uint32(this.#size);
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (rows.state[slot] !== LIVE) continue;
      writer.uint32(rows.low[slot]!);
      writer.uint32(rows.high[slot]!);
      writer.float64(rows.startMs[slot]!);
      writer.float64(rows.lastMs[slot]!);
      writer.float64(rows.touchedMs[slot]!);
      writer.float64(rows.firstViewMs[slot]!);
      writer.uint32(rows.events[slot]!);
      writer.uint32(rows.pageViews[slot]!);
      const path = this.#paths[rows.path[slot]!];
      writer.uint32(path === undefined ? 0 : 1);
      path?.write(writer);
    }
  }

  /** Reads {@link SessionTable.write} back into an empty table. */
  read(reader: ByteReader): void {
    for (let left = reader.uint32(); left > 0; left--) {
      const slot = this.#insert(reader.uint32(), reader.uint32());
      const rows = this.#rows;
      rows.startMs[slot] = reader.float64();
      rows.lastMs[slot] = reader.float64();
      rows.touchedMs[slot] = reader.float64();
      rows.firstViewMs[slot] = reader.float64();
      rows.events[slot] = reader.uint32();
      rows.pageViews[slot] = reader.uint32();
      if (reader.uint32() === 1) rows.path[slot] = this.#keepPath(FunnelPath.read(reader));
    }
  }

  /** A session of this key that an event at this time belongs to, from a slot on to the next free one. */
  #probe({ low, high }: Pick<Hash64, "low" | "high">, timeMs: number, from: number): number | undefined {
    const rows = this.#rows;
    for (let slot = from; rows.state[slot] !== FREE; slot = (slot + 1) & this.#mask) {
      if (rows.low[slot] !== low || rows.high[slot] !== high || rows.state[slot] !== LIVE) continue;
      const startMs = rows.startMs[slot]!;
      const lastMs = rows.lastMs[slot]!;
      const { timeoutMs } = this.#options;
      if (timeMs < startMs - timeoutMs || timeMs > lastMs + timeoutMs) continue;
      if (Math.max(lastMs, timeMs) - Math.min(startMs, timeMs) <= LONGEST_MS) return slot;
    }
    return undefined;
  }

  #begin({ low, high }: Pick<Hash64, "low" | "high">, event: SessionEvent, cohortOf: CohortOf): void {
    const slot = this.#insert(low, high);
    this.#rows.startMs[slot] = event.timeMs;
    this.#rows.lastMs[slot] = event.timeMs;
    this.#rows.firstViewMs[slot] = Infinity;
    this.#add(slot, event);
    this.#contribute(slot, 1, cohortOf);
  }

  #add(slot: number, { type, timeMs, appendTimeMs }: SessionEvent): void {
    const rows = this.#rows;
    if (timeMs < rows.startMs[slot]!) rows.startMs[slot] = timeMs;
    if (timeMs > rows.lastMs[slot]!) rows.lastMs[slot] = timeMs;
    rows.touchedMs[slot] = appendTimeMs;
    rows.events[slot]!++;
    if (type === "page_view") rows.pageViews[slot]!++;
    const step = funnelStep(type);
    if (step === undefined) return;
    if (step === "view") {
      if (timeMs < rows.firstViewMs[slot]!) rows.firstViewMs[slot] = timeMs;
      return;
    }
    if (rows.path[slot] === NO_PATH) rows.path[slot] = this.#keepPath(new FunnelPath());
    this.#paths[rows.path[slot]!]!.add(step, timeMs);
  }

  /**
   * Takes an event into a session that starts in the same minute as before: to take away what the session stood for
   * and to add what it stands for now comes to these differences.
   */
  #extend(slot: number, event: SessionEvent, cohortOf: CohortOf): void {
    const rows = this.#rows;
    const depth = this.#depth(slot);
    const bounced = this.#bounced(slot);
    const lengthMs = rows.lastMs[slot]! - rows.startMs[slot]!;
    const lastSeen = minuteStart(rows.lastMs[slot]!);
    this.#add(slot, event);
    const started = minuteStart(rows.startMs[slot]!);
    const cohort = cohortOf(started);
    for (let step = depth, now = this.#depth(slot); step < now; step++) cohort.reached[step]!++;
    cohort.bounced += this.#bounced(slot) - bounced;
    cohort.events++;
    if (event.type === "page_view") cohort.pageViews++;
    cohort.durationMs += rows.lastMs[slot]! - rows.startMs[slot]! - lengthMs;
    const seen = minuteStart(rows.lastMs[slot]!);
    if (lastSeen !== seen || seen !== started) {
      cohortOf(lastSeen).lastSeen--;
      cohortOf(seen).lastSeen++;
    }
  }

  /** Adds what a session stands for to the cohorts, or takes it away. */
  #contribute(slot: number, sign: 1 | -1, cohortOf: CohortOf): void {
    const rows = this.#rows;
    const cohort = cohortOf(minuteStart(rows.startMs[slot]!));
    cohort.started += sign;
    for (let step = this.#depth(slot) - 1; step >= 0; step--) cohort.reached[step]! += sign;
    cohort.bounced += sign * this.#bounced(slot);
    cohort.events += sign * rows.events[slot]!;
    cohort.pageViews += sign * rows.pageViews[slot]!;
    cohort.durationMs += sign * (rows.lastMs[slot]! - rows.startMs[slot]!);
    cohortOf(minuteStart(rows.lastMs[slot]!)).lastSeen += sign;
  }

  /** How many steps of the funnel a session took. */
  #depth(slot: number): number {
    const { firstViewMs, path } = this.#rows;
    if (firstViewMs[slot] === Infinity) return 0;
    return path[slot] === NO_PATH ? 1 : this.#paths[path[slot]!]!.depth(firstViewMs[slot]!);
  }

  /** 1 for a session of a single page view. */
  #bounced(slot: number): 0 | 1 {
    const { events, pageViews } = this.#rows;
    return events[slot] === 1 && pageViews[slot] === 1 ? 1 : 0;
  }

  /** Takes a session into another of the same key. */
  #join(into: number, from: number): void {
    const rows = this.#rows;
    rows.startMs[into] = Math.min(rows.startMs[into]!, rows.startMs[from]!);
    rows.lastMs[into] = Math.max(rows.lastMs[into]!, rows.lastMs[from]!);
    rows.firstViewMs[into] = Math.min(rows.firstViewMs[into]!, rows.firstViewMs[from]!);
    rows.events[into]! += rows.events[from]!;
    rows.pageViews[into]! += rows.pageViews[from]!;
    const path = this.#paths[rows.path[from]!];
    if (path !== undefined) {
      if (rows.path[into] === NO_PATH) rows.path[into] = this.#keepPath(new FunnelPath());
      this.#paths[rows.path[into]!]!.join(path);
      this.#releasePath(rows.path[from]!);
    }
    rows.state[from] = GONE;
    this.#size--;
  }

  #insert(low: number, high: number): number {
    if (2 * (this.#taken + 1) > this.#mask) this.#lay(slotsFor(this.#size + 1));
    const rows = this.#rows;
    let slot = (low ^ high) & this.#mask;
    while (rows.state[slot] !== FREE) slot = (slot + 1) & this.#mask;
    rows.state[slot] = LIVE;
    rows.low[slot] = low;
    rows.high[slot] = high;
    this.#taken++;
    this.#size++;
    return slot;
  }

  /** Lays the table anew, without the sessions that are gone. */
  #lay(slots: number): void {
    const before = this.#rows;
    this.#rows = new SessionRows(slots);
    this.#mask = slots - 1;
    this.#taken = 0;
    this.#size = 0;
    for (let slot = 0; slot < before.state.length; slot++) {
      if (before.state[slot] !== LIVE) continue;
      this.#rows.copy(this.#insert(before.low[slot]!, before.high[slot]!), before, slot);
    }
  }

  #keepPath(path: FunnelPath): number {
    const number = this.#freePaths.pop() ?? this.#paths.length;
    this.#paths[number] = path;
    return number;
  }

  #releasePath(number: number): void {
    if (number === NO_PATH) return;
    this.#paths[number] = undefined;
    this.#freePaths.push(number);
  }
}

function slotsFor(sessions: number): number {
  let slots = SMALLEST;
  while (3 * sessions > slots) slots *= 2;
  return slots;
}
