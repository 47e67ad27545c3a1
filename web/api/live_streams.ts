import { type KpiWindow, MINUTE_MS } from "@countinghouse/core";

/** How often a silent stream gets a comment, so that nothing between server and viewer takes it for dead. */
const HEARTBEAT_MS = 15_000;
/** After how long a viewer whose connection broke comes back. */
const RETRY_MS = 1_000;
/** A viewer who has so many bytes unread is let go, and catches up when it comes back. */
const MOST_UNREAD_BYTES = 1 << 20;
/** A returning viewer catches up on what changed in the minutes of this last time. */
const REMEMBERED_MS = 90 * MINUTE_MS;

interface Message {
  readonly sequence: number;
  readonly minuteMs: number;
  readonly bytes: Uint8Array;
}

interface Viewer {
  readonly storeId: string;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
}

/**
 * The open event streams. A minute is encoded once and handed to all who watch its store; a viewer who doesn't keep
 * up is dropped instead of buffered for.
 *
 * An event's id is `{run}.{sequence}`: a viewer who comes back with one of this run gets every minute that changed
 * since, one of an earlier run every minute remembered.
 */
export class LiveStreams {
  readonly #encoder = new TextEncoder();
  readonly #now: () => number;
  readonly #run: string;
  readonly #viewers = new Set<Viewer>();
  /** The newest message of each recent minute, by store. */
  readonly #remembered = new Map<string, Map<number, Message>>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#run = now().toString(36);
    const comment = this.#encoder.encode(": heartbeat\n\n");
    this.#heartbeat = setInterval(() => {
      for (const viewer of this.#viewers) this.#send(viewer, comment);
      this.#forgetOld();
    }, HEARTBEAT_MS);
  }

  /** How many viewers are connected. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** The id of the newest event: a viewer who gives it back gets what comes after. */
  get position(): string {
    return `${this.#run}.${this.#sequence}`;
  }

  /** Sends a minute to all who watch its store. */
  publish(window: KpiWindow): void {
    const minuteMs = Date.parse(window.window_start);
    this.#sequence++;
    const bytes = this.#event(window);
    this.#remember(window.store_id, { sequence: this.#sequence, minuteMs, bytes });
    for (const viewer of this.#viewers) if (viewer.storeId === window.store_id) this.#send(viewer, bytes);
  }

  /**
   * The stream of a new viewer, who comes from the event `since`, or from nowhere. It begins with the newest minute,
   * which is `latest` where no recent one is remembered.
   */
  async open(
    storeId: string,
    since: string | undefined,
    latest: () => Promise<KpiWindow>,
  ): Promise<ReadableStream<Uint8Array>> {
    const first = this.#newest(storeId) === undefined ? this.#event(await latest()) : undefined;
    let viewer: Viewer;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        viewer = { storeId, controller };
        this.#viewers.add(viewer);
        controller.enqueue(this.#encoder.encode(`retry: ${RETRY_MS}\n\n`));
        for (const bytes of this.#beginning(storeId, since)) this.#send(viewer, bytes);
        if (first !== undefined && this.#newest(storeId) === undefined) this.#send(viewer, first);
      },
      cancel: () => {
        this.#viewers.delete(viewer);
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }));
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const viewer of [...this.#viewers]) this.#drop(viewer);
  }

  #beginning(storeId: string, since: string | undefined): Uint8Array[] {
    const messages = [...this.#remembered.get(storeId)?.values() ?? []].sort((a, b) =>
      a.sequence - b.sequence
    );
    const newest = this.#newest(storeId);
    if (since === undefined) return newest === undefined ? [] : [newest.bytes];
    const [run, sequence] = since.split(".");
    const seen = run === this.#run ? Number(sequence) : 0;
    return messages.filter((message) => message === newest || !(message.sequence <= seen)).map(({ bytes }) =>
      bytes
    );
  }

  #newest(storeId: string): Message | undefined {
    let newest: Message | undefined;
    for (const message of this.#remembered.get(storeId)?.values() ?? []) {
      if (newest === undefined || message.minuteMs > newest.minuteMs) newest = message;
    }
    return newest;
  }

  #event(window: KpiWindow): Uint8Array {
    return this.#encoder.encode(`id: ${this.position}\nevent: kpi\ndata: ${JSON.stringify(window)}\n\n`);
  }

  #remember(storeId: string, message: Message): void {
    if (message.minuteMs < this.#now() - REMEMBERED_MS) return;
    const messages = this.#remembered.get(storeId) ?? new Map<number, Message>();
    this.#remembered.set(storeId, messages.set(message.minuteMs, message));
  }

  #forgetOld(): void {
    const oldestMs = this.#now() - REMEMBERED_MS;
    for (const [storeId, messages] of this.#remembered) {
      for (const { minuteMs } of messages.values()) if (minuteMs < oldestMs) messages.delete(minuteMs);
      if (messages.size === 0) this.#remembered.delete(storeId);
    }
  }

  #send(viewer: Viewer, bytes: Uint8Array): void {
    viewer.controller.enqueue(bytes);
    if ((viewer.controller.desiredSize ?? 0) <= 0) this.#drop(viewer);
  }

  #drop(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    viewer.controller.close();
  }
}
