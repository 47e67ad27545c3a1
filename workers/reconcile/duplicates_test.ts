import assert from "node:assert/strict";
import fc from "fast-check";
import { duplicatesAmong } from "./duplicates.ts";
import { recordKey } from "./event_record.ts";
import { anyRecords, eventRecord } from "./testing/event_records.ts";

const kinds = (records: Parameters<typeof duplicatesAmong>[0]) =>
  [...duplicatesAmong(records)].map(([key, { first, by }]) => [key, recordKey(first), by]);

Deno.test("of an event_id the first appended counts, in whichever partition", () => {
  const records = [
    eventRecord({ offset: 9, eventId: "a", appendTimeMs: 2_000 }),
    eventRecord({ offset: 1, partition: 1, eventId: "a", appendTimeMs: 3_000 }),
    eventRecord({ offset: 4, eventId: "a", appendTimeMs: 1_000 }),
  ];
  assert.deepEqual(kinds(records), [["0/9", "0/4", "event_id"], ["1/1", "0/4", "event_id"]]);
});

Deno.test("of purchases the first of an order counts; a refund of the order is no copy", () => {
  const order = { type: "purchase", orderId: "o" } as const;
  const records = [
    eventRecord({ offset: 0, ...order }),
    eventRecord({ offset: 1, ...order }),
    eventRecord({ offset: 2, type: "refund", orderId: "o" }),
  ];
  assert.deepEqual(kinds(records), [["0/1", "0/0", "order_id"]]);
});

Deno.test("the order of the list does not matter, and one record of each event is left at most", () => {
  fc.assert(fc.property(anyRecords, (records) => {
    const found = duplicatesAmong(records);
    assert.deepEqual(new Set(duplicatesAmong(records.toReversed()).keys()), new Set(found.keys()));
    const left = records.filter((record) => !found.has(recordKey(record)));
    assert.equal(new Set(left.map(({ eventId }) => eventId)).size, left.length);
    const orders = left.flatMap(({ type, orderId }) => type === "purchase" && orderId ? [orderId] : []);
    assert.equal(new Set(orders).size, orders.length);
  }));
});
