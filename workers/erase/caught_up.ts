import { type ColdStore, type Heads, readHeads } from "@countinghouse/cold";
import type { Lake } from "@countinghouse/lake";
import { type Log, pause } from "@countinghouse/log";
import { ToldError } from "@countinghouse/shared/told_error";
import { type ErasedUser, findUnreadEvent } from "./unread_event.ts";

/** What has to have read the user's events before they can be erased. */
export interface ReadingStores {
  readonly log: Log;
  readonly topic: string;
  readonly cold: ColdStore;
  readonly lake: Lake;
  /** How long a worker that runs may need. */
  readonly patienceMs: number;
}

const LOOK_EVERY_MS = 250;

/**
 * Waits until warehouse and lake have read all events of a user that are in the log now.
 *
 * @returns through where both have read, by partition: below there the user is erased in both, so that they stay equal
 * while more comes in.
 * @throws {ToldError} when one of them does not get there.
 */
export async function whenCaughtUp(
  stores: ReadingStores,
  user: ErasedUser,
  signal: AbortSignal,
): Promise<Heads> {
  const { log, topic, cold, lake, patienceMs } = stores;
  const deadlineMs = performance.now() + patienceMs;
  const waitOr = async (stop: () => ToldError) => {
    if (performance.now() > deadlineMs) throw stop();
    await pause(LOOK_EVERY_MS, signal);
  };
  let heads = await readHeads(cold);
  for (;;) {
    const unread = await findUnreadEvent(log, topic, user, heads, signal);
    if (unread === undefined) break;
    const { partition, offset } = unread;
    await waitOr(() =>
      new ToldError(
        `the warehouse has not read the user's event at offset ${offset} of partition ${partition} yet; ` +
          "its worker has to be running",
      )
    );
    heads = await readHeads(cold);
  }
  for (;;) {
    const manifest = await lake.refresh();
    const behind = [...heads].find(([partition, through]) => manifest.position(partition) < through);
    if (behind === undefined) return heads;
    const [partition, through] = behind;
    await waitOr(() =>
      new ToldError(
        `the lake has read partition ${partition} through ${
          manifest.position(partition)
        } and the warehouse ` +
          `through ${through}; the lake's worker has to be running`,
      )
    );
  }
}
