/** Values below this have a bucket of their own, a millisecond wide. */
const LINEAR = 64;
/** From there on, every power of two is cut into this many buckets, so a bucket is at most 1/32 of its value wide. */
const STEPS = 32;
/** 2^32 - 1 ms is 49 days; what is longer is counted as that. */
const LONGEST_MS = 0xffff_ffff;

/**
 * A mergeable histogram of durations with a relative error of at most 1.6 %, in the log-linear layout of
 * HdrHistogram (http://hdrhistogram.org): exact below 64 ms, then 32 buckets for each power of two. It grows with
 * the longest duration seen: 256 bytes for a fast minute, 3.6 KB at the most.
 *
 * Our own, and not a library's, because a stored minute must be the same bytes whichever way it was added up, and
 * there is one for every open minute.
 */
export class LatencyHistogram {
  /** Signed: what {@link LatencyHistogram.subtract} answers may have buckets below zero. */
  #counts: Int32Array;
  #total = 0;

  private constructor(counts: Int32Array) {
    this.#counts = counts;
  }

  /** A histogram of nothing. */
  static empty(): LatencyHistogram {
    return new LatencyHistogram(new Int32Array(LINEAR));
  }

  /** How many durations were recorded. */
  get total(): number {
    return this.#total;
  }

  /** Records a duration in milliseconds; a negative one (the shop's clock is ahead) counts as 0. */
  record(durationMs: number): void {
    const bucket = bucketOf(durationMs);
    this.#reach(bucket);
    this.#counts[bucket]!++;
    this.#total++;
  }

  /** A new histogram of what both have recorded. */
  merge(other: LatencyHistogram): LatencyHistogram {
    return this.#plus(other, 1);
  }

  /**
   * What has to be merged with `other` to make this. It is good for merging and storing only: where `other` holds
   * more than this, buckets are below zero and quantiles have no meaning.
   */
  subtract(other: LatencyHistogram): LatencyHistogram {
    return this.#plus(other, -1);
  }

  /** A histogram of the same durations that goes its own way. */
  copy(): LatencyHistogram {
    const copy = new LatencyHistogram(this.#counts.slice());
    copy.#total = this.#total;
    return copy;
  }

  /** The duration that a share `q` (0 to 1) of the recorded ones does not exceed; undefined when there are none. */
  quantile(q: number): number | undefined {
    if (this.#total === 0) return undefined;
    const rank = Math.max(1, Math.ceil(q * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return middleOf(bucket);
    }
    throw new Error(`Cannot find the quantile: ${seen} of ${this.#total} durations are in buckets`);
  }

  /** Pairs of bucket and count for the buckets in use, as 32-bit words: the canonical form. */
  toWords(): Uint32Array {
    const words: number[] = [];
    this.#counts.forEach((count, bucket) => {
      if (count !== 0) words.push(bucket, count);
    });
    return Uint32Array.from(words);
  }

  /**
   * Reads {@link LatencyHistogram.toWords} back.
   *
   * @throws {RangeError} when the words are not pairs of a bucket and a count.
   */
  static fromWords(words: Uint32Array): LatencyHistogram {
    const histogram = LatencyHistogram.empty();
    if (words.length % 2 !== 0) {
      throw new RangeError(`Cannot read a latency histogram: ${words.length} words are not pairs`);
    }
    for (let at = 0; at < words.length; at += 2) {
      const bucket = words[at]!;
      if (bucket > bucketOf(LONGEST_MS)) {
        throw new RangeError(`Cannot read a latency histogram: there is no bucket ${bucket}`);
      }
      histogram.#reach(bucket);
      const count = words[at + 1]! | 0;
      histogram.#counts[bucket]! += count;
      histogram.#total += count;
    }
    return histogram;
  }

  #plus(other: LatencyHistogram, sign: 1 | -1): LatencyHistogram {
    const sum = this.copy();
    sum.#reach(other.#counts.length - 1);
    other.#counts.forEach((count, bucket) => sum.#counts[bucket]! += sign * count);
    sum.#total += sign * other.#total;
    return sum;
  }

  #reach(bucket: number): void {
    if (bucket < this.#counts.length) return;
    const wider = new Int32Array(Math.max(bucket + 1, this.#counts.length + 4 * STEPS));
    wider.set(this.#counts);
    this.#counts = wider;
  }
}

function bucketOf(durationMs: number): number {
  const value = Math.min(Math.max(Math.floor(durationMs), 0), LONGEST_MS) >>> 0;
  if (value < LINEAR) return value;
  const power = 31 - Math.clz32(value);
  return LINEAR + (power - 6) * STEPS + ((value >>> (power - 5)) & (STEPS - 1));
}

function middleOf(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const power = 6 + Math.floor((bucket - LINEAR) / STEPS);
  const width = 2 ** (power - 5);
  const low = 2 ** power + ((bucket - LINEAR) % STEPS) * width;
  return low + (width - 1) / 2;
}
