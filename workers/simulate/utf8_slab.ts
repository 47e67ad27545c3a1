const SLAB_BYTES = 256 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Encodes texts as UTF-8 one behind the other into large buffers, which takes a fifth of the time of a buffer for
 * each (0.4 instead of 2 microseconds for an event). The bytes are views that stay valid: a full buffer is left to
 * them, and kept in memory by them.
 */
export class Utf8Slab {
  readonly #encoder = new TextEncoder();
  #slab = new Uint8Array(SLAB_BYTES);
  #used = 0;

  /**
   * The UTF-8 bytes of a text, with more bytes behind it.
   *
   * @throws {RangeError} when both might not fit into a buffer: 80,000 characters always do.
   */
  encode(text: string, tail: Uint8Array = NOTHING): Uint8Array {
    // A UTF-16 code unit takes three bytes at the most.
    if (this.#used + text.length * 3 + tail.length > SLAB_BYTES) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#encoder.encodeInto(text, this.#slab.subarray(start)).written;
    this.#slab.set(tail, this.#used);
    this.#used += tail.length;
    return this.#slab.subarray(start, this.#used);
  }
}
