import assert from "node:assert/strict";
import { createLogger } from "@countinghouse/shared/telemetry";
import type { HotStore } from "./hot_store.ts";
import { withHotStore } from "./hot_store_fixture.ts";
import { leases } from "./lease.ts";
import { LeaseAssignment } from "./lease_assignment.ts";
import { holdLease } from "./lease_hold.ts";

/** Long enough for a busy machine to renew in time. */
const TTL_MS = 2_000;
const PATIENCE_MS = 60_000;
const never = new AbortController().signal;

function hold({ database }: HotStore, partition: number, signal = never) {
  return holdLease({ database, group: "rollup", partition, ttlMs: TTL_MS, nowMs: Date.now }, signal);
}

/** A worker of two partitions; `drainMs` is how long it takes to let go of one. */
function startWorker({ database }: HotStore, drainMs = 0) {
  const assignment = new LeaseAssignment({
    database,
    group: "rollup",
    worker: "a",
    partitions: 2,
    ttlMs: TTL_MS,
    nowMs: Date.now,
    logger: createLogger("error"),
  });
  const stop = new AbortController();
  const worker = { held: new Set<number>(), draining: false };
  const done = (async () => {
    for await (const now of assignment.watch(stop.signal)) {
      for (const partition of worker.held.difference(now)) {
        worker.draining = true;
        await new Promise((resolve) => setTimeout(resolve, drainMs));
        worker.draining = false;
        await assignment.release(partition);
      }
      worker.held = new Set(now);
    }
  })();
  return { worker, stop: () => (stop.abort(), done) };
}

async function expiry({ database }: HotStore, partition: number): Promise<number> {
  const lease = await leases(database).findOne({ _id: `rollup/${partition}` });
  return lease!.hold!.expires.getTime();
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("a worker drains what is wanted, keeps the rest while the hold is renewed, and has it back at its end", async () => {
  await withHotStore(async (store) => {
    const { worker, stop } = startWorker(store, TTL_MS / 3);
    await until("it has both", () => worker.held.size === 2);
    const held = await hold(store, 1);
    assert.equal(worker.draining, false);
    assert.deepEqual([...worker.held], [0]);
    const taken = await expiry(store, 1);
    while (await expiry(store, 1) < taken + TTL_MS) assert.deepEqual([...worker.held], [0]);
    assert.equal(held.lost.aborted, false);
    await held.release();
    await until("it has both again", () => worker.held.size === 2);
    await stop();
  });
});

Deno.test("the lease of a dead worker is held when its time is over; one that nobody had, at once", async () => {
  await withHotStore(async (store) => {
    const expires = new Date(Date.now() + TTL_MS);
    await leases(store.database).insertOne({ _id: "rollup/0", owner: "dead", expires });
    const dead = await hold(store, 0);
    assert.ok(Date.now() >= expires.getTime());
    const nobody = await hold(store, 1);
    await Promise.all([dead.release(), nobody.release()]);
  });
});

Deno.test("holds of a lease wait for each other, and one that is given up leaves no trace", async () => {
  await withHotStore(async (store) => {
    const first = await hold(store, 0);
    const waiting = new AbortController();
    const given = hold(store, 0, waiting.signal);
    waiting.abort(new Error("given up"));
    await assert.rejects(given, /given up/);
    const second = hold(store, 0);
    await first.release();
    await (await second).release();
    const lease = await leases(store.database).findOne({ _id: "rollup/0" });
    assert.deepEqual([lease?.owner, lease?.hold], [null, undefined]);
  });
});

Deno.test("a hold that can't be renewed says that it is lost", async () => {
  await withHotStore(async (store) => {
    const held = await hold(store, 0);
    const usurper = { by: "another", expires: new Date(Date.now() + 60_000) };
    await leases(store.database).updateOne({ _id: "rollup/0" }, {
      $set: { hold: usurper, owner: "another" },
    });
    await until("it is lost", () => held.lost.aborted);
    assert.match(held.lost.reason.message, /the hold of rollup\/0 was lost/);
    await held.release();
    const lease = await leases(store.database).findOne({ _id: "rollup/0" });
    assert.equal(lease?.owner, "another");
  });
});
