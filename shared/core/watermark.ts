import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { EventTimeMs } from "./event_time.ts";
import { minuteStart } from "./window.ts";

/** How far a partition's event time may be out of order. */
export interface WatermarkOptions {
  /** How long a minute stays open behind the newest event. */
  readonly allowedLatenessMs: number;
  /** An event stamped further ahead of its append time than this is counted at its append time. */
  readonly maxSkewMs: number;
  /** An event that is older than this when it is appended is archived; none where left out. */
  readonly hotRetentionMs?: number;
}

/** Where an event belongs; valid until the next one is placed. */
export interface Placement {
  /** The time that the event counts at. */
  readonly timeMs: number;
  readonly minuteMs: number;
  /** The minute was closed already. */
  readonly late: boolean;
  /** The shop's clock was wrong: the append time was taken instead. */
  readonly skewed: boolean;
  /** It is history, which is for the warehouse and the lake: the hot store no longer holds that minute. */
  readonly archived: boolean;
  /** The watermark moved into another minute with this event: minutes may have to be closed. */
  readonly advanced: boolean;
}

/** How far the event time of one partition has come: its newest event less the allowed lateness. */
export class Watermark {
  readonly #options: WatermarkOptions;
  #newestMs = Number.NEGATIVE_INFINITY;
  readonly #placed = {
    timeMs: NaN,
    minuteMs: NaN,
    late: false,
    skewed: false,
    archived: false,
    advanced: false,
  };
  /** Minutes that start before this are closed. */
  #closedBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatermarkOptions) {
    this.#options = options;
  }

  /** The watermark; undefined before the first event. */
  get atMs(): number | undefined {
    return Number.isFinite(this.#newestMs) ? this.#newestMs - this.#options.allowedLatenessMs : undefined;
  }

  /** A watermark at the same place that goes its own way. */
  copy(): Watermark {
    const copy = new Watermark(this.#options);
    copy.#newestMs = this.#newestMs;
    copy.#closedBeforeMs = this.#closedBeforeMs;
    return copy;
  }

  /** Whether a minute that starts here is closed. */
  hasPassed(minuteMs: number): boolean {
    return minuteMs < this.#closedBeforeMs;
  }

  /** Takes an event's time in and says which minute it belongs to. */
  place(eventTimeMs: EventTimeMs, appendTimeMs: number): Placement {
    const { maxSkewMs, hotRetentionMs = Infinity } = this.#options;
    const skewed = eventTimeMs > appendTimeMs + maxSkewMs;
    const timeMs = skewed ? appendTimeMs : eventTimeMs;
    const minuteMs = minuteStart(timeMs);
    const placed = this.#placed;
    placed.timeMs = timeMs;
    placed.minuteMs = minuteMs;
    placed.late = this.hasPassed(minuteMs);
    placed.skewed = skewed;
    placed.archived = minuteMs < appendTimeMs - hotRetentionMs;
    placed.advanced = this.#advance(timeMs);
    return placed;
  }

  /** Writes the watermark into a snapshot. */
  write(writer: ByteWriter): void {
    writer.float64(this.#newestMs);
  }

  /** Reads {@link Watermark.write} back. */
  read(reader: ByteReader): void {
    this.#advance(reader.float64());
  }

  #advance(timeMs: number): boolean {
    if (timeMs <= this.#newestMs) return false;
    this.#newestMs = timeMs;
    const closedBeforeMs = minuteStart(timeMs - this.#options.allowedLatenessMs);
    if (closedBeforeMs === this.#closedBeforeMs) return false;
    this.#closedBeforeMs = closedBeforeMs;
    return true;
  }
}
