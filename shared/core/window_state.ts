import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import { minuteId } from "./minute_id.ts";
import { type Offset, START } from "./offset.ts";

/** What every stored state of a store's minute in one partition says of itself. */
export interface StoredHead {
  /** See {@link minuteId}. */
  readonly id: string;
  readonly store: string;
  readonly minuteMs: number;
  /** Behind the last record that changed it. */
  readonly through: Offset;
  /** The append time of that record. */
  readonly touchedMs: number;
  /** The watermark has passed. */
  readonly closed: boolean;
}

/** Which minute a state is of: its id, its store, its start. */
export type WindowKey = readonly [id: string, store: string, minuteMs: number];

/** A state of one store and minute that a fold keeps, and a sink stores under its id. */
export abstract class WindowState implements StoredHead {
  readonly id: string;
  readonly store: string;
  readonly minuteMs: number;
  through = START;
  touchedMs = 0;
  closed = false;
  /** Changed since it was last taken. */
  changed = false;
  /** Records below this were in when the state was read back from the sink. */
  #storedThrough = START;

  constructor(...[id, store, minuteMs]: WindowKey) {
    this.id = id;
    this.store = store;
    this.minuteMs = minuteMs;
  }

  /** The watermark has passed. */
  close(offset: Offset, appendTimeMs: number): void {
    if (this.closed) return;
    this.closed = true;
    this.touch(offset, appendTimeMs);
  }

  /** Whether the state was read back from the sink with this record in it. */
  protected holds(offset: Offset): boolean {
    return offset < this.#storedThrough;
  }

  /** Notes that a record has changed the state. */
  protected touch(offset: Offset, appendTimeMs: number): void {
    this.through = (offset + 1) as Offset;
    this.touchedMs = appendTimeMs;
    this.changed = true;
  }

  /** What goes with the state into the sink. */
  protected get head(): StoredHead {
    const { id, store, minuteMs, through, touchedMs, closed } = this;
    return { id, store, minuteMs, through, touchedMs, closed };
  }

  /** Takes up what came with the state from the sink. */
  protected takeUp({ through, touchedMs, closed }: StoredHead): void {
    this.through = through;
    this.#storedThrough = through;
    this.touchedMs = touchedMs;
    this.closed = closed;
  }

  /** Writes the head into a snapshot, the key first. */
  protected writeHead(writer: ByteWriter): void {
    writer.text(this.store);
    writer.float64(this.minuteMs);
    writer.float64(this.through);
    writer.float64(this.#storedThrough);
    writer.float64(this.touchedMs);
    writer.uint32(this.closed ? 1 : 0);
  }

  /** Reads the rest of the head, behind the key. */
  protected readHead(reader: ByteReader): void {
    this.through = reader.float64() as Offset;
    this.#storedThrough = reader.float64() as Offset;
    this.touchedMs = reader.float64();
    this.closed = reader.uint32() === 1;
  }
}

/** Reads the key that a head in a snapshot begins with. */
export function readKey(reader: ByteReader, partition: number): WindowKey {
  const store = reader.text();
  const minuteMs = reader.float64();
  return [minuteId(minuteMs, partition, store), store, minuteMs];
}
