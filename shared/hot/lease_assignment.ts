import type { Db } from "mongodb";
import { type Assignment, pause } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import { COLLECTIONS } from "./documents.ts";
import { leaseId, leases, refusedAsTaken, unheld } from "./lease.ts";

/** How a worker takes part in sharing partitions. */
export interface LeaseOptions {
  readonly database: Db;
  /** The kind of worker: those of a kind share the partitions. */
  readonly group: string;
  /** Who this is. A worker that comes back under the same name has its partitions back at once. */
  readonly worker: string;
  readonly partitions: number;
  /** How long a worker counts as alive without a sign of life. */
  readonly ttlMs: number;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

interface MemberDocument {
  readonly _id: string;
  readonly group: string;
  readonly worker: string;
  readonly expires: Date;
}

/** A worker says that it is alive this often within the time that it counts as alive. */
const SIGNS_PER_TTL = 6;

/**
 * Shares partitions among the workers that are alive, by leases in the hot store: every worker says that it is
 * alive, all come to the same division by sorting the names, and a partition changes hands when its owner lets go
 * of it or its lease runs out. So a partition is read again within the lease's time after its worker was killed,
 * and at once when that worker comes back; there is no broker session to wait for. A lease that is held back (see
 * {@link holdLease}) is let go of by whoever has it and taken by no worker.
 *
 * Clocks may differ: a lease that runs out too early makes two workers read a partition for a while, which costs
 * work and changes no number.
 */
export class LeaseAssignment implements Assignment {
  readonly #options: LeaseOptions;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ReadonlySet<number>> {
    const { ttlMs, logger } = this.#options;
    let held: ReadonlySet<number> = new Set();
    let first = true;
    try {
      while (!signal.aborted) {
        const now = await this.#round(held).catch((error) => {
          logger.debug("could not renew leases; going on as before", { error: String(error) });
          return held;
        });
        if (first || !sameMembers(held, now)) yield now;
        first = false;
        held = now;
        await pause(ttlMs / SIGNS_PER_TTL, signal).catch(() => {});
      }
    } finally {
      await this.#members.deleteOne({ _id: this.#memberId }).catch(() => {});
    }
  }

  async release(partition: number): Promise<void> {
    const { worker } = this.#options;
    await this.#leases.updateOne({ _id: this.#leaseId(partition), owner: worker }, { $set: { owner: null } })
      .catch(() => {});
  }

  /** One sign of life; answers the partitions that are this worker's now. */
  async #round(held: ReadonlySet<number>): Promise<ReadonlySet<number>> {
    const { worker, group, partitions } = this.#options;
    await this.#members.updateOne(
      { _id: this.#memberId },
      { $set: { group, worker, expires: this.#expiry() } },
      { upsert: true },
    );
    const living = await this.#members.find({ group, expires: { $gt: this.#now() } }).toArray();
    const share = shareOf(worker, living.map((member) => member.worker), partitions);
    const taken = await Promise.all(share.map((partition) => this.#take(partition)));
    const mine = new Set(share.filter((_, at) => taken[at]));
    // What goes to others stays leased until it is released: its last write is still to come.
    await Promise.all(
      [...held].filter((partition) => !mine.has(partition)).map((each) => this.#extend(each)),
    );
    return mine;
  }

  /** Takes or renews a lease, unless another worker has it, or it is held back from all of them. */
  async #take(partition: number): Promise<boolean> {
    const { worker } = this.#options;
    const free = { $or: [{ owner: worker }, { owner: null }, { expires: { $lte: this.#now() } }] };
    return !await refusedAsTaken(this.#leases.updateOne(
      { _id: this.#leaseId(partition), $and: [free, unheld(this.#now())] },
      { $set: { owner: worker, expires: this.#expiry() } },
      { upsert: true },
    ));
  }

  async #extend(partition: number): Promise<void> {
    const { worker } = this.#options;
    await this.#leases.updateOne(
      { _id: this.#leaseId(partition), owner: worker },
      { $set: { expires: this.#expiry() } },
    );
  }

  get #members() {
    return this.#options.database.collection<MemberDocument>(COLLECTIONS.workers);
  }

  get #leases() {
    return leases(this.#options.database);
  }

  get #memberId(): string {
    return `${this.#options.group}/${this.#options.worker}`;
  }

  #leaseId(partition: number): string {
    return leaseId(this.#options.group, partition);
  }

  #now(): Date {
    return new Date(this.#options.nowMs());
  }

  #expiry(): Date {
    return new Date(this.#options.nowMs() + this.#options.ttlMs);
  }
}

/** A worker's share of the partitions: every so-manyth, by its place among the sorted names. */
export function shareOf(worker: string, living: readonly string[], partitions: number): readonly number[] {
  const names = [...new Set([...living, worker])].sort();
  const place = names.indexOf(worker);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  return all.filter((partition) => partition % names.length === place);
}

function sameMembers(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}
