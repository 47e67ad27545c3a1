import type { ByteReader, ByteWriter } from "./byte_codec.ts";
import type { Hash64 } from "./hash64.ts";

/** The horizon is forgotten in steps of this many generations. */
const GENERATIONS = 8;
const SMALLEST = 1 << 10;
const FREE = 0;

/** How long and how many ids are remembered. */
export interface DedupOptions {
  /** How long an id is remembered at least, in append time. */
  readonly horizonMs: number;
  /** How many ids are remembered; when more come within the horizon, the oldest are forgotten early. */
  readonly maxIds: number;
}

/**
 * The ids seen in the last stretch of one partition's log, as 64-bit hashes in one open-addressing table.
 *
 * Each id carries the generation it came in, an eighth of the horizon (or of `maxIds`, where that fills first).
 * When a generation begins, ids older than eight of them are dropped and the table is laid anew: so an id is
 * remembered for at least the horizon and at most nine eighths of it, and what is forgotten depends on the log alone.
 * Generations end on a grid of append time, so where `maxIds` does not cut them short, a window that begins in
 * mid-log soon forgets the same: that lets a log be replayed whose start is gone.
 */
export class DedupWindow {
  readonly #generationMs: number;
  readonly #generationIds: number;
  #slots = new Uint32Array(2 * SMALLEST);
  /** The generation of each slot, 1 to 255 and round again; 0 is a free slot. */
  #tags = new Uint8Array(SMALLEST);
  #mask = SMALLEST - 1;
  #size = 0;
  #generation = 0;
  #generationSize = 0;
  #generationEndsMs = Number.NEGATIVE_INFINITY;

  constructor({ horizonMs, maxIds }: DedupOptions) {
    this.#generationMs = Math.ceil(horizonMs / GENERATIONS);
    this.#generationIds = Math.ceil(maxIds / GENERATIONS);
  }

  /** How many ids are remembered. */
  get size(): number {
    return this.#size;
  }

  /** Remembers an id that was appended at a time; answers false when it was seen before. */
  add(hash: Pick<Hash64, "low" | "high">, appendTimeMs: number): boolean {
    if (appendTimeMs >= this.#generationEndsMs || this.#generationSize >= this.#generationIds) {
      this.#turn(appendTimeMs);
    }
    const isNew = this.#insert(hash.low, hash.high, tagOf(this.#generation));
    if (isNew) this.#generationSize++;
    return isNew;
  }

  /** Writes the window down, generation by generation. */
  write(writer: ByteWriter): void {
    writer.float64(this.#generationEndsMs);
    writer.uint32(this.#generation);
    writer.uint32(this.#generationSize);
    const words = this.#wordsByTag();
    const oldest = Math.max(1, this.#generation - GENERATIONS);
    for (let generation = oldest; generation <= this.#generation; generation++) {
      writer.words(words[tagOf(generation)]!);
    }
  }

  /** Reads {@link DedupWindow.write} back into an empty window. */
  read(reader: ByteReader): void {
    this.#generationEndsMs = reader.float64();
    this.#generation = reader.uint32();
    this.#generationSize = reader.uint32();
    const oldest = Math.max(1, this.#generation - GENERATIONS);
    for (let generation = oldest; generation <= this.#generation; generation++) {
      const words = reader.words();
      for (let at = 0; at < words.length; at += 2) {
        this.#insert(words[at]!, words[at + 1]!, tagOf(generation));
      }
    }
  }

  #turn(appendTimeMs: number): void {
    const isFull = appendTimeMs < this.#generationEndsMs;
    const idleMs = appendTimeMs - this.#generationEndsMs;
    const skipped = idleMs >= this.#generationMs ? Math.floor(idleMs / this.#generationMs) : 0;
    const turns = this.#generation === 0 ? 1 : 1 + Math.min(skipped, GENERATIONS);
    this.#generation += turns;
    this.#generationSize = 0;
    this.#generationEndsMs = (Math.floor(appendTimeMs / this.#generationMs) + (isFull ? 2 : 1)) *
      this.#generationMs;
    if (this.#generation > GENERATIONS + 1) this.#forget(this.#generation - GENERATIONS);
  }

  /** Drops every id from before a generation and lays the table anew. */
  #forget(oldest: number): void {
    const kept = new Uint8Array(256);
    for (let generation = oldest; generation <= this.#generation; generation++) kept[tagOf(generation)] = 1;
    const tags = this.#tags;
    let survivors = 0;
    for (let slot = 0; slot < tags.length; slot++) survivors += kept[tags[slot]!]!;
    this.#lay(slotsFor(survivors), (tag) => kept[tag] === 1);
  }

  #insert(low: number, high: number, tag: number): boolean {
    let slot = (low ^ high) & this.#mask;
    while (this.#tags[slot] !== FREE) {
      if (this.#slots[2 * slot] === low && this.#slots[2 * slot + 1] === high) return false;
      slot = (slot + 1) & this.#mask;
    }
    this.#slots[2 * slot] = low;
    this.#slots[2 * slot + 1] = high;
    this.#tags[slot] = tag;
    this.#size++;
    if (2 * this.#size > this.#mask) this.#lay(2 * (this.#mask + 1), () => true);
    return true;
  }

  #lay(slots: number, keep: (tag: number) => boolean): void {
    const hashes = this.#slots;
    const tags = this.#tags;
    this.#slots = new Uint32Array(2 * slots);
    this.#tags = new Uint8Array(slots);
    this.#mask = slots - 1;
    this.#size = 0;
    for (let slot = 0; slot < tags.length; slot++) {
      const tag = tags[slot]!;
      if (tag !== FREE && keep(tag)) this.#insert(hashes[2 * slot]!, hashes[2 * slot + 1]!, tag);
    }
  }

  /** The ids of every generation, by its tag, in two passes over the table: it may have millions of slots. */
  #wordsByTag(): readonly Uint32Array[] {
    const tags = this.#tags;
    const counts = new Uint32Array(256);
    for (let slot = 0; slot < tags.length; slot++) counts[tags[slot]!]!++;
    const words = Array.from(counts, (ids, tag) => new Uint32Array(tag === FREE ? 0 : 2 * ids));
    const filled = new Uint32Array(256);
    for (let slot = 0; slot < tags.length; slot++) {
      const tag = tags[slot]!;
      if (tag === FREE) continue;
      const at = filled[tag]!;
      words[tag]![at] = this.#slots[2 * slot]!;
      words[tag]![at + 1] = this.#slots[2 * slot + 1]!;
      filled[tag] = at + 2;
    }
    return words;
  }
}

function tagOf(generation: number): number {
  return 1 + generation % 255;
}

function slotsFor(ids: number): number {
  let slots = SMALLEST;
  while (2 * ids > slots - 1) slots *= 2;
  return slots;
}
