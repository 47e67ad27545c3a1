import assert from "node:assert/strict";
import { createLogger } from "@countinghouse/shared/telemetry";
import { LeaseAssignment, shareOf } from "./lease_assignment.ts";
import type { HotStore } from "./hot_store.ts";
import { withHotStore } from "./hot_store_fixture.ts";

const PARTITIONS = 6;
/** Long enough for a busy machine to renew in time. */
const TTL_MS = 1_500;
const PATIENCE_MS = 60_000;

/** A worker that follows its assignment and lets go of what is no longer its own. */
class Worker {
  held: ReadonlySet<number> = new Set();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  /** How often it could not renew its leases. */
  failures = 0;

  constructor(store: HotStore, worker: string) {
    const assignment = new LeaseAssignment({
      database: store.database,
      group: "rollup",
      worker,
      partitions: PARTITIONS,
      ttlMs: TTL_MS,
      nowMs: Date.now,
      logger: createLogger("debug", () => this.failures++),
    });
    this.#done = this.#follow(assignment);
  }

  async #follow(assignment: LeaseAssignment): Promise<void> {
    for await (const now of assignment.watch(this.#stop.signal)) {
      for (const partition of this.held) if (!now.has(partition)) await assignment.release(partition);
      this.held = now;
    }
  }

  /** Ends without letting go of anything: its leases have to run out. */
  abandon(): void {
    this.#stop.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    assert.ok(performance.now() - startMs < PATIENCE_MS, `not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const all = (...workers: Worker[]) => workers.flatMap(({ held }) => [...held]).sort((a, b) => a - b);
const everyPartition = Array.from({ length: PARTITIONS }, (_, partition) => partition);
const covered = (...workers: Worker[]) => all(...workers).join() === everyPartition.join();

Deno.test("every partition has one owner in the shares, however many workers there are", () => {
  for (let count = 1; count <= 8; count++) {
    const names = Array.from({ length: count }, (_, at) => `w${at}`);
    const shares = names.map((name) => shareOf(name, names.toReversed(), PARTITIONS));
    assert.deepEqual(shares.flat().sort(), everyPartition);
    const sizes = shares.map(({ length }) => length);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
  }
});

Deno.test("workers share the partitions, and take over from one that stops or vanishes", async () => {
  await withHotStore(async (store) => {
    const first = new Worker(store, "a");
    await until("one worker has everything", () => covered(first));
    const second = new Worker(store, "b");
    const third = new Worker(store, "c");
    await until("three share", () => covered(first, second, third) && first.held.size === 2);
    await third.stop();
    await until("two share", () => covered(first, second) && second.held.size === 3);
    second.abandon();
    await until("the one left has everything", () => covered(first));
    const back = new Worker(store, "b");
    await until("it shares again", () => covered(first, back) && back.held.size === 3);
    await first.stop();
    await back.stop();
  });
});

Deno.test("while the store does not answer, a worker keeps what it has", async () => {
  await withHotStore(async (store) => {
    const worker = new Worker(store, "a");
    await until("it has everything", () => covered(worker));
    await store.close();
    await until("three renewals have failed", () => worker.failures >= 3);
    assert.deepEqual([...worker.held].sort(), everyPartition);
    await worker.stop();
  });
});
