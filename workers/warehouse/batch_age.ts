/** Fewer records a second than this, of one partition, are a quiet shop's. */
const QUIET_PER_SECOND = 100;
/** The fewest rows that an INSERT should have, where the shop is busy enough. */
const WANTED_ROWS = 10_000;
/** No event of a busy shop waits longer either. */
const LONGEST_MS = 4_000;

/**
 * How long rows may wait for others to be inserted with. ClickHouse makes a part of each INSERT and merges them in the
 * background, and is at ease with tens of thousands of rows at a time; a quiet shop's events should not wait for that.
 */
export function batchAgeMs(recordsPerSecond: number, quietMs: number): number {
  if (recordsPerSecond < QUIET_PER_SECOND) return quietMs;
  return Math.min(Math.max(WANTED_ROWS / recordsPerSecond * 1_000, quietMs), LONGEST_MS);
}
