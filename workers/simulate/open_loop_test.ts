import assert from "node:assert/strict";
import type { NewRecord } from "@countinghouse/log";
import type { Delivery } from "./delivery.ts";
import { OpenLoop } from "./open_loop.ts";

const NEVER = new AbortController().signal;

/** A clock that moves when somebody sleeps, and a broker that takes a while and can be away. */
class World {
  nowMs = 1_000_000;
  readonly stored: { readonly name: string; readonly atMs: number }[] = [];
  readonly errors: unknown[] = [];
  appendMs = 5;
  awayFromMs = Infinity;
  awayUntilMs = Infinity;
  #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];

  readonly ports = {
    now: () => this.nowMs,
    sleep: (durationMs: number) =>
      new Promise<void>((wake) =>
        this.#sleepers.push({ untilMs: this.nowMs + Math.max(1, durationMs), wake })
      ),
    append: async (records: readonly NewRecord[]) => {
      await this.ports.sleep(this.appendMs);
      if (this.nowMs >= this.awayFromMs && this.nowMs < this.awayUntilMs) {
        throw new Error("the broker is away");
      }
      for (const { value } of records) {
        this.stored.push({ name: new TextDecoder().decode(value!), atMs: this.nowMs });
      }
    },
    failed: (error: unknown) => void this.errors.push(error),
  };

  /** Lets time pass, sleeper by sleeper, until the work is done. */
  async until(work: Promise<void>): Promise<void> {
    let done = false;
    const finished = work.finally(() => done = true);
    while (!done) {
      // A turn of the event loop, so that everything that is awake gets as far as it can.
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#sleepers.sort((a, b) => a.untilMs - b.untilMs);
      const next = this.#sleepers.shift();
      if (next === undefined) continue;
      this.nowMs = Math.max(this.nowMs, next.untilMs);
      next.wake();
    }
    await finished;
  }
}

const records = (count: number, firstMs: number, gapMs: number): Delivery[] =>
  Array.from({ length: count }, (_, index) => ({
    key: new Uint8Array(1),
    value: new TextEncoder().encode(`event ${index}`.padEnd(20)),
    intendedMs: firstMs + index * gapMs,
    kind: "event",
  }));

const names = (list: readonly { readonly value: Uint8Array }[]) =>
  list.map(({ value }) => new TextDecoder().decode(value));

Deno.test("every record is sent at its time, in order, and not before", async () => {
  const world = new World();
  const source = records(50, world.nowMs, 20);
  const loop = new OpenLoop(source.values(), world.ports);
  await world.until(loop.run(NEVER));
  assert.deepEqual(world.stored.map(({ name }) => name), names(source));
  world.stored.forEach(({ atMs }, index) => {
    const lagMs = atMs - source[index]!.intendedMs;
    assert.ok(lagMs >= 0 && lagMs <= 40, `record ${index} was stored ${lagMs} ms after its time`);
  });
  assert.deepEqual({ ...loop.status, worstLagMs: 0 }, {
    sent: 50,
    acknowledged: 50,
    skipped: 0,
    lagMs: 0,
    worstLagMs: 0,
  });
});

Deno.test("a slow broker does not slow the schedule down: what became due meanwhile goes out together", async () => {
  const world = new World();
  world.appendMs = 500;
  const source = records(300, world.nowMs, 10);
  const loop = new OpenLoop(source.values(), world.ports);
  await world.until(loop.run(NEVER));
  assert.deepEqual(world.stored.map(({ name }) => name), names(source));
  const appends = new Set(world.stored.map(({ atMs }) => atMs)).size;
  assert.ok(appends <= 8, `${appends} appends of 500 ms for 3 s of events`);
});

Deno.test("what an outage held up is sent when the broker is back, in order and once", async () => {
  const world = new World();
  world.awayFromMs = world.nowMs + 300;
  world.awayUntilMs = world.nowMs + 5_000;
  const source = records(200, world.nowMs, 10);
  const loop = new OpenLoop(source.values(), world.ports);
  await world.until(loop.run(NEVER));
  assert.deepEqual(world.stored.map(({ name }) => name), names(source));
  assert.ok(world.errors.length > 1);
  assert.ok(loop.status.worstLagMs > 3_000);
});

Deno.test("in a long outage memory stays bounded: what does not fit is skipped and counted", async () => {
  const world = new World();
  world.awayFromMs = 0;
  world.awayUntilMs = world.nowMs + 10_000;
  const source = records(1_000, world.nowMs, 10);
  const loop = new OpenLoop(source.values(), world.ports, 100 * 20);
  await world.until(loop.run(NEVER));
  const { acknowledged, skipped } = loop.status;
  assert.ok(skipped > 500);
  assert.equal(acknowledged + skipped, 1_000);
  assert.deepEqual(world.stored.slice(0, 100).map(({ name }) => name), names(source.slice(0, 100)));
});

Deno.test("history is sent as fast as the broker takes it, and waits for room instead of being skipped", async () => {
  const world = new World();
  const source = records(5_000, world.nowMs - 86_400_000, 1_000);
  const loop = new OpenLoop(source.values(), world.ports, 100 * 20);
  const startedMs = world.nowMs;
  await world.until(loop.run(NEVER));
  assert.deepEqual(world.stored.map(({ name }) => name), names(source));
  assert.ok(world.nowMs - startedMs < 5_000, `it took ${world.nowMs - startedMs} ms`);
  assert.equal(loop.status.worstLagMs, 0);
});

Deno.test("a stopped loop sends what was due, and nothing that was not", async () => {
  const world = new World();
  const stop = new AbortController();
  const source = records(1_000, world.nowMs, 10);
  const stopAtMs = world.nowMs + 1_000;
  const now = () => {
    if (world.nowMs >= stopAtMs) stop.abort();
    return world.nowMs;
  };
  const loop = new OpenLoop(source.values(), { ...world.ports, now });
  await world.until(loop.run(stop.signal));
  const { acknowledged, sent } = loop.status;
  assert.equal(acknowledged, sent);
  assert.ok(acknowledged >= 95 && acknowledged <= 105, `${acknowledged} of the 100 due ones`);
});
