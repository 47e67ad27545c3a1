import type { Db } from "mongodb";
import { type ColdStore, usersRecords } from "@countinghouse/cold";
import { collections, type RestatementDocument } from "@countinghouse/hot";
import type { ErasedUser } from "./unread_event.ts";

/** So many restatements are looked at together; each lists a hundred events at most. */
const AT_ONCE = 50;

/**
 * Takes the events of a user out of the lists of all restatements, which else would be kept for good. Which ones are
 * theirs only the warehouse can tell, so this comes before it forgets. The figures of the restatements stay.
 *
 * @returns how many were taken out, or would be.
 */
export async function forgetRestatedEvents(
  database: Db,
  cold: ColdStore,
  user: ErasedUser,
  dryRun: boolean,
): Promise<number> {
  const { restatements } = collections(database);
  const all = await restatements
    .find({ store: user.storeId, event_count: { $gt: 0 } }, { projection: { events: 1 } }).toArray();
  let forgotten = 0;
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const theirs = await recordsOf(cold, user, some);
    for (const { _id, events } of some) {
      const left = events.filter(({ partition, offset }) => !theirs.has(`${partition}/${offset}`));
      if (left.length === events.length) continue;
      forgotten += events.length - left.length;
      if (!dryRun) await restatements.updateOne({ _id }, { $set: { events: left } });
    }
  }
  return forgotten;
}

async function recordsOf(
  cold: ColdStore,
  { storeId, userIds }: ErasedUser,
  restatements: readonly Pick<RestatementDocument, "events">[],
): Promise<ReadonlySet<string>> {
  const listed = restatements.flatMap(({ events }) => events);
  const found = await usersRecords(cold, { storeId, userIds, records: listed });
  return new Set(found.map(({ partition, offset }) => `${partition}/${offset}`));
}
