import fc from "fast-check";
import type { CurrencyCode, EventType, MinorUnits } from "@countinghouse/core";
import type { EventRecord } from "../event_record.ts";

export const MINUTE = Date.parse("2026-03-01T12:00:00Z");

/** A record of which only what a test speaks about is given. */
export function eventRecord(given: Partial<EventRecord> & { readonly offset: number }): EventRecord {
  return {
    partition: 0,
    appendTimeMs: MINUTE + given.offset,
    eventTimeMs: MINUTE,
    countedTimeMs: MINUTE,
    eventId: `e${given.offset}`,
    type: "page_view",
    orderId: undefined,
    userId: "u",
    sessionId: "s",
    amount: undefined,
    currency: undefined,
    ...given,
  };
}

/** Up to 40 records of two partitions, in log order: some are copies, by event_id or by order, after any time. */
export const anyRecords: fc.Arbitrary<readonly EventRecord[]> = fc.array(
  fc.record({
    partition: fc.nat({ max: 1 }),
    event: fc.nat({ max: 15 }),
    order: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
    type: fc.constantFrom<EventType>("purchase", "purchase", "refund", "page_view"),
    user: fc.nat({ max: 3 }),
    amount: fc.nat({ max: 10_000 }),
    currency: fc.constantFrom("EUR", "JPY"),
    pauseMs: fc.oneof(fc.nat({ max: 1_000 }), fc.nat({ max: 40 * 60_000 })),
  }),
  { minLength: 1, maxLength: 40 },
).map((drafts) => {
  let appendTimeMs = MINUTE;
  return drafts.map(({ partition, event, order, type, user, amount, currency, pauseMs }, offset) =>
    eventRecord({
      offset,
      partition,
      appendTimeMs: appendTimeMs += pauseMs,
      eventId: `e${event}`,
      type,
      orderId: order === undefined ? undefined : `o${order}`,
      userId: `u${user}`,
      sessionId: `s${user}`,
      amount: amount as MinorUnits,
      currency: currency as CurrencyCode,
    })
  );
});
