import type { Db } from "mongodb";
import type { PartitionBooks } from "@countinghouse/hot";
import type { Log } from "@countinghouse/log";
import type { HealthCheck } from "./api/health.ts";

/** A worker that has not written for so long is taken for dead. */
const STALE_MS = 15_000;

/** The broker answers, and has the topic of the events. */
export function checkLog(log: Pick<Log, "ranges">, topic: string): HealthCheck {
  return async () => ({ partitions: (await log.ranges(topic)).length });
}

/** The hot store answers. */
export function checkHotStore(db: Db): HealthCheck {
  return async () => {
    await db.command({ ping: 1 });
    return {};
  };
}

/**
 * The warehouse answers, and its worker is not standing still. The two workers go through the same log, so the
 * warehouse is complete when it holds as many records (`held`) as the rollup has counted and found duplicate; it may
 * be behind, but then it must be moving.
 */
export function checkWarehouse(
  held: () => Promise<number>,
  books: () => Promise<readonly PartitionBooks[]>,
  now: () => number,
): HealthCheck {
  let last = { held: NaN, sinceMs: 0 };
  return async () => {
    const rolledUp = (await books()).reduce((sum, { counted, duplicates }) => sum + counted + duplicates, 0);
    const events = await held();
    if (events !== last.held) last = { held: events, sinceMs: now() };
    const lag = Math.max(0, rolledUp - events);
    const stillMs = now() - last.sinceMs;
    if (lag > 0 && stillMs > STALE_MS) {
      throw new Error(
        `the warehouse is ${lag} events behind and has stood still for ${Math.round(stillMs / 1_000)} s`,
      );
    }
    return { held: events, lag };
  };
}

/** Every partition has been written to lately by a rollup worker. */
export function checkRollup(books: () => Promise<readonly PartitionBooks[]>, now: () => number): HealthCheck {
  return async () => {
    const partitions = await books();
    if (partitions.length === 0) throw new Error("no rollup worker has written yet");
    const oldest = partitions.reduce((a, b) => a.written < b.written ? a : b);
    const age_ms = Math.max(0, now() - oldest.written.getTime());
    if (age_ms > STALE_MS) {
      throw new Error(`partition ${oldest.partition} was last written ${Math.round(age_ms / 1_000)} s ago`);
    }
    return { age_ms, lag: partitions.reduce((lag, { end, through }) => lag + end - through, 0) };
  };
}

/** Changes of the hot store reach this process, and so its viewers. */
export function checkFeed(isFollowing: () => boolean): HealthCheck {
  return () => {
    if (!isFollowing()) return Promise.reject(new Error("the change stream is not connected"));
    return Promise.resolve({});
  };
}
