/**
 * The id of what is stored of a store's minute in a partition: minute, partition, store. The parts of fixed form
 * come first, so that any store id is unambiguous.
 */
export function minuteId(minuteMs: number, partition: number, store: string): string {
  return `${new Date(minuteMs).toISOString()}/${partition}/${store}`;
}
