import type { Db } from "mongodb";
import { pause } from "@countinghouse/log";
import { leaseId, leases, refusedAsTaken, unheld } from "./lease.ts";

/** Which lease is wanted, and how it is held. */
export interface HoldOptions {
  readonly database: Db;
  readonly group: string;
  readonly partition: number;
  /** How long the hold lasts without a sign of life, as after a kill. */
  readonly ttlMs: number;
  readonly nowMs: () => number;
}

/** A lease that is kept from a group's workers. */
export interface LeaseHold {
  /** Aborts when the hold is lost: no sign of life reached the store for its whole time. */
  readonly lost: AbortSignal;
  /** Gives the lease back to the workers. */
  release(): Promise<void>;
}

const SIGNS_PER_TTL = 6;
const LONGEST_WAIT_MS = 250;

/**
 * Takes a lease away from the workers of a group for a while. Its owner sees that it is wanted, writes what it has,
 * and lets go of it; one that is dead loses it when its time is over. While it is held, no worker takes it. Holds
 * of the same lease wait for each other.
 *
 * @throws the signal's reason when it aborts before the lease is held; the workers then keep it.
 */
export async function holdLease(options: HoldOptions, signal: AbortSignal): Promise<LeaseHold> {
  const { ttlMs } = options;
  const hold = new Hold(options);
  try {
    while (!await hold.renew()) await pause(Math.min(ttlMs / SIGNS_PER_TTL, LONGEST_WAIT_MS), signal);
  } catch (error) {
    await hold.drop().catch(() => {});
    throw error;
  }
  const losing = new AbortController();
  const ending = new AbortController();
  const renewed = (async () => {
    for (let renewedMs = performance.now();;) {
      await pause(ttlMs / SIGNS_PER_TTL, ending.signal);
      if (await hold.renew().catch(() => false)) renewedMs = performance.now();
      else if (performance.now() - renewedMs >= ttlMs) {
        return losing.abort(new Error(`Cannot go on: the hold of ${hold.id} was lost`));
      }
    }
  })().catch(() => {});
  return {
    lost: losing.signal,
    async release() {
      ending.abort();
      await renewed;
      await hold.drop();
    },
  };
}

class Hold {
  readonly id: string;
  readonly #options: HoldOptions;
  readonly #by = `hold-${crypto.randomUUID()}`;

  constructor(options: HoldOptions) {
    this.#options = options;
    this.id = leaseId(options.group, options.partition);
  }

  /** One sign of life; answers whether the lease is held now. */
  async renew(): Promise<boolean> {
    const now = new Date(this.#options.nowMs());
    const expires = new Date(now.getTime() + this.#options.ttlMs);
    const collection = leases(this.#options.database);
    const isHeldByOther = await refusedAsTaken(collection.updateOne(
      { _id: this.id, ...unheld(now, this.#by) },
      { $set: { hold: { by: this.#by, expires } }, $setOnInsert: { owner: null, expires: now } },
      { upsert: true },
    ));
    if (isHeldByOther) return false;
    const free = { $or: [{ owner: this.#by }, { owner: null }, { expires: { $lte: now } }] };
    const { matchedCount } = await collection.updateOne(
      { _id: this.id, "hold.by": this.#by, ...free },
      { $set: { owner: this.#by, expires } },
    );
    return matchedCount === 1;
  }

  async drop(): Promise<void> {
    const collection = leases(this.#options.database);
    await collection.updateOne({ _id: this.id, owner: this.#by }, { $set: { owner: null } });
    await collection.updateOne({ _id: this.id, "hold.by": this.#by }, { $unset: { hold: "" } });
  }
}
