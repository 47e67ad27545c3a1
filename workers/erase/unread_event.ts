import { decodeEvent, type Offset } from "@countinghouse/core";
import { type Log, readRange } from "@countinghouse/log";

/** A user of a store, under every id that the stores may know them by. */
export interface ErasedUser {
  readonly storeId: string;
  /** The one that the shop sends, and where the collector replaces it, what it becomes. */
  readonly userIds: readonly string[];
}

/** A record of the log, by its place. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: Offset;
}

/**
 * An event of a user that is in the log behind what a store has read; undefined when there is none. What was refused
 * is no event, so a store that has read all events of a log may well stand before its end.
 *
 * @param through How far the store has read each partition.
 */
export async function findUnreadEvent(
  log: Log,
  topic: string,
  { storeId, userIds }: ErasedUser,
  through: ReadonlyMap<number, number>,
  signal: AbortSignal,
): Promise<RecordPlace | undefined> {
  for (const range of await log.ranges(topic)) {
    const start = Math.max(range.start, through.get(range.partition) ?? 0) as Offset;
    for await (const { offset, value } of readRange(log, topic, { ...range, start }, signal)) {
      const event = decodeEvent(value);
      if (!event.ok || event.value.storeId !== storeId) continue;
      if (userIds.includes(event.value.userId)) return { partition: range.partition, offset };
    }
  }
  return undefined;
}
