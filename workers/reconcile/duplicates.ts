import { byAppendOrder, type EventRecord, orderOf, recordKey } from "./event_record.ts";

/** A record that is a copy, and what it is a copy of. */
export interface Duplicate {
  readonly record: EventRecord;
  readonly first: EventRecord;
  readonly by: "event_id" | "order_id";
}

/**
 * The copies among the records of one shop, by {@link recordKey}, whatever their age: of an event_id the first record
 * counts, and of those, for purchases, the first of an order_id. This is the rule of the rollup without its horizon.
 *
 * @param records With all that share an event_id with one of them, and for purchases an order_id.
 */
export function duplicatesAmong(records: readonly EventRecord[]): ReadonlyMap<string, Duplicate> {
  const duplicates = new Map<string, Duplicate>();
  const firstOfEvent = new Map<string, EventRecord>();
  const firstOfOrder = new Map<string, EventRecord>();
  for (const record of [...records].sort(byAppendOrder)) {
    const first = firstOfEvent.get(record.eventId);
    if (first !== undefined) {
      duplicates.set(recordKey(record), { record, first, by: "event_id" });
      continue;
    }
    firstOfEvent.set(record.eventId, record);
    const order = orderOf(record);
    if (order === undefined) continue;
    const firstOrder = firstOfOrder.get(order);
    if (firstOrder === undefined) firstOfOrder.set(order, record);
    else duplicates.set(recordKey(record), { record, first: firstOrder, by: "order_id" });
  }
  return duplicates;
}
