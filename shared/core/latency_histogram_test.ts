import assert from "node:assert/strict";
import fc from "fast-check";
import { LatencyHistogram } from "./latency_histogram.ts";

const LONGEST_MS = 0xffff_ffff;
const anyDuration = fc.oneof(
  fc.nat({ max: 200 }),
  fc.nat({ max: 100_000 }),
  fc.integer({ min: 0, max: LONGEST_MS }),
);
const anyDurations = fc.array(anyDuration, { maxLength: 60 });

Deno.test("a histogram of nothing has no quantile", () => {
  assert.equal(LatencyHistogram.empty().total, 0);
  assert.equal(LatencyHistogram.empty().quantile(0.5), undefined);
});

Deno.test("below 64 ms a quantile is exact", () => {
  const histogram = recorded(Array.from({ length: 64 }, (_, durationMs) => durationMs));
  assert.equal(histogram.quantile(0), 0);
  assert.equal(histogram.quantile(0.5), 31);
  assert.equal(histogram.quantile(0.95), 60);
  assert.equal(histogram.quantile(1), 63);
});

Deno.test("a quantile is off by at most 1.6 % of the duration of that rank", () => {
  const someDurations = fc.array(anyDuration, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(someDurations, fc.double({ min: 0, max: 1, noNaN: true }), (durations, q) => {
      const sorted = durations.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
      const estimate = recorded(durations).quantile(q)!;
      assert.ok(Math.abs(estimate - exact) <= exact * 0.016, `${estimate} for ${exact}`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the edges of every power of two are within the error as well", () => {
  for (let power = 0; power < 32; power++) {
    for (const durationMs of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
      const estimate = recorded([durationMs]).quantile(0.5)!;
      assert.ok(Math.abs(estimate - durationMs) <= durationMs * 0.016, `${estimate} for ${durationMs}`);
    }
  }
});

Deno.test("a negative duration counts as 0, one beyond 49 days as 49 days, a fraction is cut off", () => {
  assert.equal(recorded([-5]).quantile(1), 0);
  assert.equal(recorded([12.9]).quantile(1), 12);
  assert.deepEqual(recorded([1e15]).toWords(), recorded([LONGEST_MS]).toWords());
});

Deno.test("merging is the same as recording everything in one, and changes neither part", () => {
  fc.assert(fc.property(anyDurations, anyDurations, (some, others) => {
    const [a, b] = [recorded(some), recorded(others)];
    const both = recorded([...some, ...others]);
    assert.deepEqual(a.merge(b).toWords(), both.toWords());
    assert.equal(a.merge(b).total, both.total);
    assert.equal(a.merge(b).quantile(0.95), both.quantile(0.95));
    assert.deepEqual(a.toWords(), recorded(some).toWords());
    assert.deepEqual(b.toWords(), recorded(others).toWords());
  }));
});

Deno.test("the words don't depend on the order, and come back as the same histogram", () => {
  fc.assert(fc.property(anyDurations, (durations) => {
    const histogram = recorded(durations);
    const words = histogram.toWords();
    assert.deepEqual(recorded(durations.toReversed()).toWords(), words);
    const back = LatencyHistogram.fromWords(words);
    assert.deepEqual(back.toWords(), words);
    assert.equal(back.total, histogram.total);
    assert.equal(back.quantile(0.5), histogram.quantile(0.5));
  }));
});

Deno.test("words that are no histogram are refused", () => {
  assert.throws(
    () => LatencyHistogram.fromWords(Uint32Array.of(1)),
    /Cannot read a latency histogram: 1 words are not pairs/,
  );
  assert.throws(() => LatencyHistogram.fromWords(Uint32Array.of(5_000, 1)), /there is no bucket 5000/);
});

Deno.test("a copy goes its own way", () => {
  const histogram = recorded([10]);
  const copy = histogram.copy();
  copy.record(100_000);
  histogram.record(20);
  assert.deepEqual(histogram.toWords(), recorded([10, 20]).toWords());
  assert.deepEqual(copy.toWords(), recorded([10, 100_000]).toWords());
  assert.deepEqual([histogram.total, copy.total], [2, 2]);
});

function recorded(durations: readonly number[]): LatencyHistogram {
  const histogram = LatencyHistogram.empty();
  for (const durationMs of durations) histogram.record(durationMs);
  return histogram;
}

Deno.test("what is below zero in a difference survives being stored", () => {
  const few = LatencyHistogram.empty();
  few.record(5);
  const many = LatencyHistogram.empty();
  for (const durationMs of [5, 5, 90_000]) many.record(durationMs);
  const stored = LatencyHistogram.fromWords(few.subtract(many).toWords());
  assert.equal(stored.total, -2);
  assert.deepEqual(many.merge(stored).toWords(), few.toWords());
  assert.equal(many.merge(stored).quantile(0.99), 5);
});
