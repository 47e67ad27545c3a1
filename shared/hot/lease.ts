import type { Collection, Db, Filter } from "mongodb";
import { COLLECTIONS } from "./documents.ts";

/** Who reads a partition: collection `leases`, `_id` is `{group}/{partition}`. */
export interface LeaseDocument {
  readonly _id: string;
  readonly owner: string | null;
  /** The owner has it until then, unless it gives another sign of life. */
  readonly expires: Date;
  /** Somebody who is none of the workers wants it, or has it, for himself. */
  readonly hold?: { readonly by: string; readonly expires: Date };
}

const DUPLICATE_KEY = 11_000;

/** The leases of all groups. */
export function leases(database: Db): Collection<LeaseDocument> {
  return database.collection<LeaseDocument>(COLLECTIONS.leases);
}

/** The id of a partition's lease. */
export function leaseId(group: string, partition: number): string {
  return `${group}/${partition}`;
}

/** The leases that nobody holds back, or nobody but `by`. */
export function unheld(now: Date, by?: string): Filter<LeaseDocument> {
  const own = by === undefined ? [] : [{ "hold.by": by }];
  return { $or: [{ hold: { $exists: false } }, { "hold.expires": { $lte: now } }, ...own] };
}

/** Whether an upsert of a lease was refused: it is there and the filter does not fit it, so the upsert met it. */
export async function refusedAsTaken(upsert: Promise<unknown>): Promise<boolean> {
  try {
    await upsert;
    return false;
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE_KEY) return true;
    throw error;
  }
}
