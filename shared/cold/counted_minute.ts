/**
 * The time that an event counts at, as in Watermark of shared/core: one stamped too far ahead of its append time
 * counts at that.
 */
export function countedTime(maxSkewMs: number): string {
  return `if(event_time > append_time + toIntervalMillisecond(${maxSkewMs}), append_time, event_time)`;
}

/**
 * What an event does to the watermark, as in Watermark of shared/core: minutes that start before this are closed
 * for the records behind it.
 */
export function closesBefore(allowedLatenessMs: number): string {
  const closed = `toStartOfMinute(counted_time - toIntervalMillisecond(${allowedLatenessMs}))`;
  return `if(toUnixTimestamp64Milli(counted_time) < ${allowedLatenessMs}, toDateTime(0, 'UTC'), ${closed})`;
}
