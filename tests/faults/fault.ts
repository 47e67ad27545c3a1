/**
 * The points at which a fault can strike a rollup worker, in the order in which it passes them: while it recovers,
 * reads, writes, saves a snapshot, lets go, and tells lag tools how far it is.
 */
export const FAULT_POINTS = [
  "asking for the position",
  "listing the snapshots",
  "asking for the log's range",
  "after the poll",
  "loading stored minutes",
  "reading the dead letters",
  "before the dead letters",
  "among the dead letters",
  "after the dead letters",
  "before the minutes",
  "among the minutes",
  "before the books",
  "after the books",
  "before the snapshot",
  "after the snapshot",
  "letting go of a partition",
  "before the commit",
  "after the commit",
] as const;

/** One of {@link FAULT_POINTS}. */
export type FaultPoint = typeof FAULT_POINTS[number];

/** Effects that can arrive after their caller was told that they failed. */
export const LATE_POINTS = [
  "before the dead letters",
  "before the minutes",
  "before the snapshot",
] as const satisfies readonly FaultPoint[];

/** One of {@link LATE_POINTS}. */
export type LatePoint = typeof LATE_POINTS[number];

/**
 * - crash: the worker never gets an answer any more, and nothing that it does has an effect.
 * - stall: from here on everything takes seconds, and it does not know: a zombie.
 * - error: the call fails. Before an effect it was not made; after one its reply got lost.
 * - late: the call fails, and its effect arrives seconds later.
 */
export const FAULT_KINDS = ["crash", "stall", "error", "late"] as const;

/** One of {@link FAULT_KINDS}. */
export type FaultKind = typeof FAULT_KINDS[number];

/** The one crash or stall that a worker meets: at a point, when it passes it for the n-th time. */
export interface Strike {
  readonly kind: "crash" | "stall";
  readonly point: FaultPoint;
  /** From 1. */
  readonly passing: number;
}

/** What a port asks on its way. */
export interface Faults {
  /**
   * Comes back when the worker has passed the point; never, when it crashed.
   *
   * @throws {InjectedFaultError} when the call is to fail.
   */
  pass(point: FaultPoint): Promise<void>;
  /** Whether the effect behind this point shall arrive late. */
  isLate(point: LatePoint): boolean;
  /** Told of each document that the store refused because it was further. */
  onStale(): void;
}

/** What happened in a simulation: every fault with the time, and how often each did. */
export class FaultJournal {
  readonly lines: string[] = [];
  readonly counts = new Map<string, number>();

  /** Notes a fault of a worker. */
  note(fault: string, worker: string): void {
    this.count(fault);
    this.lines.push(`${performance.now().toFixed(1).padStart(9)} ms  ${worker}: ${fault}`);
  }

  /** Counts what is too frequent for a line. */
  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}
