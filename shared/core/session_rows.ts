/** The columns of a session table. What they mean is the table's business; a slot is a session. */
export class SessionRows {
  readonly state: Uint8Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly startMs: Float64Array;
  readonly lastMs: Float64Array;
  readonly touchedMs: Float64Array;
  readonly firstViewMs: Float64Array;
  readonly events: Uint32Array;
  readonly pageViews: Uint32Array;
  readonly path: Uint32Array;

  constructor(slots: number) {
    this.state = new Uint8Array(slots);
    this.low = new Uint32Array(slots);
    this.high = new Uint32Array(slots);
    this.startMs = new Float64Array(slots);
    this.lastMs = new Float64Array(slots);
    this.touchedMs = new Float64Array(slots);
    this.firstViewMs = new Float64Array(slots);
    this.events = new Uint32Array(slots);
    this.pageViews = new Uint32Array(slots);
    this.path = new Uint32Array(slots);
  }

  /** Copies all but the key and the state. */
  copy(slot: number, from: SessionRows, there: number): void {
    this.startMs[slot] = from.startMs[there]!;
    this.lastMs[slot] = from.lastMs[there]!;
    this.touchedMs[slot] = from.touchedMs[there]!;
    this.firstViewMs[slot] = from.firstViewMs[there]!;
    this.events[slot] = from.events[there]!;
    this.pageViews[slot] = from.pageViews[there]!;
    this.path[slot] = from.path[there]!;
  }
}
