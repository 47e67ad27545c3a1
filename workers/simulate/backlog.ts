import type { Delivery } from "./delivery.ts";

/** Records that are due and not acknowledged yet, oldest first, in bounded memory. */
export class Backlog {
  #queue: Delivery[] = [];
  #head = 0;
  #bytes = 0;

  /** @param mostBytes how many bytes of values it takes before it is full. */
  constructor(readonly mostBytes: number) {}

  /** How many records it holds. */
  get size(): number {
    return this.#queue.length - this.#head;
  }

  /** Whether it takes no more. */
  get full(): boolean {
    return this.#bytes >= this.mostBytes;
  }

  /** The record that waits longest. */
  get oldest(): Delivery | undefined {
    return this.#queue[this.#head];
  }

  /** Adds a record behind the others. */
  push(record: Delivery): void {
    this.#queue.push(record);
    this.#bytes += record.value.byteLength;
  }

  /** Up to `most` of the oldest records, which stay until {@link Backlog.drop}. */
  peek(most: number): readonly Delivery[] {
    return this.#queue.slice(this.#head, this.#head + most);
  }

  /** Lets go of the oldest `count` records. */
  drop(count: number): void {
    const end = Math.min(this.#head + count, this.#queue.length);
    for (let at = this.#head; at < end; at++) this.#bytes -= this.#queue[at]!.value.byteLength;
    this.#head = end;
    // Moving what is left costs as much as what was dropped, so each record is moved once on average.
    if (this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
