import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, ByteWriter } from "./byte_codec.ts";
import { DedupWindow } from "./dedup_window.ts";
import { Hash64 } from "./hash64.ts";

const id = (name: string) => new Hash64().of(name);
const HOUR_MS = 3_600_000;

Deno.test("an id is new once within the horizon", () => {
  const window = new DedupWindow({ horizonMs: HOUR_MS, maxIds: 1_000_000 });
  assert.equal(window.add(id("a"), 0), true);
  assert.equal(window.add(id("a"), 1), false);
  assert.equal(window.add(id("a"), HOUR_MS - 1), false);
});

Deno.test("an id is remembered for at least the horizon, and forgotten after nine eighths of it", () => {
  const stepMs = HOUR_MS / 8;
  for (let addedMs = 0; addedMs < 2 * stepMs; addedMs += stepMs / 3) {
    const steady = (untilMs: number) => {
      const window = new DedupWindow({ horizonMs: HOUR_MS, maxIds: 1_000_000 });
      let wanted = true;
      for (let nowMs = 0; nowMs < untilMs; nowMs += 1_000) {
        if (wanted && nowMs >= addedMs) {
          window.add(id("a"), nowMs);
          wanted = false;
        }
        window.add(id(`other at ${nowMs}`), nowMs);
      }
      return window.add(id("a"), untilMs);
    };
    assert.equal(steady(addedMs + HOUR_MS - 2_000), false, `forgot what came at ${addedMs} too early`);
    assert.equal(steady(addedMs + HOUR_MS * 9 / 8 + 10_000), true, `still knew what came at ${addedMs}`);
  }
});

Deno.test("a window that begins in mid-log forgets the same, once it has seen nine eighths of the horizon", () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 20 }),
    repeat: fc.integer({ min: 1, max: 12 }),
  });
  const steps = fc.array(step, { minLength: 40, maxLength: 80 });
  fc.assert(fc.property(steps, fc.integer({ min: 0, max: 20 }), (steps, begin) => {
    const options = { horizonMs: 80, maxIds: 1_000_000 };
    const [whole, part] = [new DedupWindow(options), new DedupWindow(options)];
    const repeated = new Set<number>();
    let [nowMs, startMs] = [1_003, Infinity];
    steps.forEach(({ waitMs, repeat }, at) => {
      nowMs += waitMs;
      if (at === begin) startMs = nowMs;
      const again = at - repeat;
      const names = again < 0 || repeated.has(again) ? [at] : [at, again];
      repeated.add(again);
      for (const name of names) {
        const isNew = whole.add(id(`${name}`), nowMs);
        if (at < begin) continue;
        const isNewToPart = part.add(id(`${name}`), nowMs);
        if (nowMs - startMs > 90) assert.equal(isNewToPart, isNew);
      }
    });
  }));
});

Deno.test("after a silence longer than the horizon nothing is remembered", () => {
  const window = new DedupWindow({ horizonMs: HOUR_MS, maxIds: 1_000_000 });
  for (let i = 0; i < 100; i++) window.add(id(`${i}`), i);
  assert.equal(window.add(id("5"), 10 * HOUR_MS), true);
  assert.equal(window.size, 1);
});

Deno.test("no more ids are kept than allowed, give or take a generation, and the oldest go first", () => {
  const window = new DedupWindow({ horizonMs: HOUR_MS, maxIds: 8_000 });
  for (let i = 0; i < 100_000; i++) {
    window.add(id(`${i}`), 0);
    assert.ok(window.size <= 9_000, `${window.size} ids after ${i}`);
  }
  assert.equal(window.add(id("99000"), 0), false);
  assert.equal(window.add(id("10"), 0), true);
});

Deno.test("a window read back from a snapshot answers like the one that wrote it, for ever after", () => {
  const step = fc.record({ name: fc.integer({ min: 0, max: 60 }), waitMs: fc.integer({ min: 0, max: 20 }) });
  fc.assert(fc.property(fc.array(step), fc.array(step), (before, behind) => {
    const options = { horizonMs: 80, maxIds: 40 };
    const original = new DedupWindow(options);
    let nowMs = 1_000;
    for (const { name, waitMs } of before) original.add(id(`${name}`), nowMs += waitMs);
    const writer = new ByteWriter();
    original.write(writer);
    const copy = new DedupWindow(options);
    copy.read(new ByteReader(writer.bytes()));
    assert.equal(copy.size, original.size);
    for (const { name, waitMs } of behind) {
      nowMs += waitMs;
      assert.equal(copy.add(id(`${name}`), nowMs), original.add(id(`${name}`), nowMs));
    }
    assert.equal(copy.size, original.size);
  }));
});
