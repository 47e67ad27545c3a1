/** A bucket holds what comes in this time, so a sender may be above the rate for as long. */
const BUCKET_SECONDS = 2;

interface Bucket {
  tokens: number;
  filledMs: number;
}

/**
 * Token buckets, one per sender (https://en.wikipedia.org/wiki/Token_bucket). What a request costs is known only
 * once it is read, so a bucket may go below zero; it then has to be filled again before the sender is let in.
 */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now milliseconds of any clock. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Milliseconds that the sender has to wait; 0 when it is let in. */
  waitMs(sender: string): number {
    const { tokens } = this.#filled(sender);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / this.#perSecond * 1_000);
  }

  /** Charges a sender for what it has sent. */
  charge(sender: string, events: number): void {
    this.#filled(sender).tokens -= events;
  }

  #filled(sender: string): Bucket {
    const most = this.#perSecond * BUCKET_SECONDS;
    const nowMs = this.#now();
    const bucket = this.#buckets.get(sender) ?? { tokens: most, filledMs: nowMs };
    bucket.tokens = Math.min(most, bucket.tokens + (nowMs - bucket.filledMs) / 1_000 * this.#perSecond);
    bucket.filledMs = nowMs;
    this.#buckets.set(sender, bucket);
    return bucket;
  }
}
