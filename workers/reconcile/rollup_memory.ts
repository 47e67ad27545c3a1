import type { DedupOptions } from "@countinghouse/core";
import { type EventRecord, orderOf, recordKey } from "./event_record.ts";

/** The horizon is forgotten in steps: see DedupWindow of shared/core. */
const GENERATIONS = 8;
/** A record can bring in two ids: its event's and its order's. */
const IDS_PER_RECORD = 2;

/** Whether an id of one record is forgotten when another comes. */
type IsForgotten = (remembered: EventRecord, record: EventRecord) => boolean;

/**
 * What the rollup can have counted of the records of one shop: for each possible reach of its memory the keys of the
 * records, the most likely first.
 *
 * By time it forgets on a grid of append time, which is known. When more ids than `maxIds` come within the horizon it
 * forgets earlier, at a distance in the log that depends on what else was in it; so each distance that makes a
 * difference is one possibility, from where `maxIds` can begin to matter.
 *
 * @param records With all that share an event_id or an order_id with one of them.
 */
export function* countedByRollup(
  records: readonly EventRecord[],
  { horizonMs, maxIds }: DedupOptions,
): Generator<ReadonlySet<string>> {
  const generationMs = Math.ceil(horizonMs / GENERATIONS);
  const generationOf = ({ appendTimeMs }: EventRecord) => Math.floor(appendTimeMs / generationMs);
  const byTime: IsForgotten = (remembered, record) =>
    generationOf(record) - generationOf(remembered) > GENERATIONS;
  const inLogOrder = [...records].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  yield remember(inLogOrder, byTime);
  const leastDistance = maxIds * (GENERATIONS - 1) / GENERATIONS / IDS_PER_RECORD;
  for (const distance of distancesOf(inLogOrder).filter((distance) => distance >= leastDistance)) {
    yield remember(
      inLogOrder,
      (remembered, record) => byTime(remembered, record) || record.offset - remembered.offset >= distance,
    );
  }
}

/** Goes through the records as the rollup does: an id that is remembered makes a copy, and is not remembered anew. */
function remember(inLogOrder: readonly EventRecord[], isForgotten: IsForgotten): ReadonlySet<string> {
  const counted = new Set<string>();
  const memory = new Map<string, EventRecord>();
  const isNew = (id: string, record: EventRecord) => {
    const key = JSON.stringify([record.partition, id]);
    const remembered = memory.get(key);
    if (remembered !== undefined && !isForgotten(remembered, record)) return false;
    memory.set(key, record);
    return true;
  };
  for (const record of inLogOrder) {
    if (!isNew(`event ${record.eventId}`, record)) continue;
    const order = orderOf(record);
    if (order !== undefined && !isNew(`order ${order}`, record)) continue;
    counted.add(recordKey(record));
  }
  return counted;
}

/** How far apart, in offsets, records with the same id are in their partition; the longest first. */
function distancesOf(inLogOrder: readonly EventRecord[]): number[] {
  const offsets = new Map<string, number[]>();
  const distances = new Set<number>();
  for (const record of inLogOrder) {
    const order = orderOf(record);
    for (const id of [`event ${record.eventId}`, ...(order === undefined ? [] : [`order ${order}`])]) {
      const key = JSON.stringify([record.partition, id]);
      const before = offsets.get(key) ?? [];
      for (const offset of before) distances.add(record.offset - offset);
      offsets.set(key, [...before, record.offset]);
    }
  }
  return [...distances].sort((a, b) => b - a);
}
