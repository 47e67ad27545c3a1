import type { CurrencyCode, EventType, MinorUnits } from "@countinghouse/core";

/** One record of the log that is an event, copies included, as far as counting needs it. */
export interface EventRecord {
  readonly partition: number;
  readonly offset: number;
  readonly appendTimeMs: number;
  readonly eventTimeMs: number;
  /** The time that it counts at: its append time where its own is too far ahead, else its own. */
  readonly countedTimeMs: number;
  readonly eventId: string;
  readonly type: EventType;
  /** Undefined where the event has none. */
  readonly orderId: string | undefined;
  readonly userId: string;
  readonly sessionId: string;
  readonly amount: MinorUnits | undefined;
  readonly currency: CurrencyCode | undefined;
}

/** What tells a record from all others: partition and offset. */
export function recordKey({ partition, offset }: Pick<EventRecord, "partition" | "offset">): string {
  return `${partition}/${offset}`;
}

/** By append time, and where that is the same, by partition and offset: the order in which the first copy is first. */
export function byAppendOrder(a: EventRecord, b: EventRecord): number {
  return a.appendTimeMs - b.appendTimeMs || a.partition - b.partition || a.offset - b.offset;
}

/** The order of an event that can be a copy of another by it: only purchases are. */
export function orderOf({ type, orderId }: EventRecord): string | undefined {
  return type === "purchase" ? orderId : undefined;
}
