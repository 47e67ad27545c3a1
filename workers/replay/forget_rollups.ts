import { type ColdStore, dateTime, type EventRow } from "@countinghouse/cold";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/**
 * Removes the rollups of which rows to be inserted may change a figure, and perhaps others of that time. A rollup
 * knows its events by the last offset of each partition, so one that was made without rows before that passes for
 * up to date. Two kinds are concerned, in whatever store:
 *
 * - those of the time in which the rows count;
 * - earlier ones with records that were appended later: by these rows, those may have come too late.
 */
export async function forgetRollups({ client }: ColdStore, rows: readonly EventRow[]): Promise<void> {
  let [firstMs, lastMs, appendedMs] = [Infinity, -Infinity, Infinity];
  for (const { event_time, append_time } of rows) {
    // Of a shop whose clock is ahead, an event may count at its append time.
    firstMs = Math.min(firstMs, event_time, append_time);
    lastMs = Math.max(lastMs, event_time);
    appendedMs = Math.min(appendedMs, append_time);
  }
  const first = dateTime(Math.floor(firstMs / DAY_MS) * DAY_MS);
  const appended = dateTime(Math.floor(appendedMs / SECOND_MS) * SECOND_MS);
  await client.command({
    query: `ALTER TABLE rollups DELETE
      WHERE start <= ${dateTime(lastMs)} AND (start >= ${first} OR appended >= ${appended})`,
    clickhouse_settings: { mutations_sync: "2" },
  });
}
