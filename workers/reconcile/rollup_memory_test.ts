import assert from "node:assert/strict";
import fc from "fast-check";
import { type DedupOptions, DedupWindow, Hash64 } from "@countinghouse/core";
import { type EventRecord, orderOf, recordKey } from "./event_record.ts";
import { countedByRollup } from "./rollup_memory.ts";
import { anyRecords } from "./testing/event_records.ts";

const hash = new Hash64();

/** What the rollup's own window counts of the records. */
function countedByWindow(records: readonly EventRecord[], dedup: DedupOptions): ReadonlySet<string> {
  const counted = new Set<string>();
  for (const ofPartition of Map.groupBy(records, ({ partition }) => partition).values()) {
    const window = new DedupWindow(dedup);
    for (const record of ofPartition) {
      if (!window.add(hash.of("default", "event", record.eventId), record.appendTimeMs)) continue;
      const order = orderOf(record);
      if (order !== undefined && !window.add(hash.of("default", "order", order), record.appendTimeMs)) {
        continue;
      }
      counted.add(recordKey(record));
    }
  }
  return counted;
}

Deno.test("by time it is exactly what the rollup's window remembers", () => {
  const dedup = { horizonMs: 3_600_000, maxIds: 1_000_000 };
  fc.assert(fc.property(anyRecords, (records) => {
    const [byTime, ...others] = countedByRollup(records, dedup);
    assert.deepEqual(byTime, countedByWindow(records, dedup));
    assert.deepEqual(others, [], "a short log gives no reason to think of maxIds");
  }));
});

Deno.test("what the rollup forgets early, because too many ids came, is among the possibilities", () => {
  const dedup = { horizonMs: 3_600_000, maxIds: 8 };
  fc.assert(fc.property(fc.nat({ max: 60 }), (between) => {
    const records = Array.from({ length: between + 2 }, (_, offset) => ({
      ...template,
      offset,
      eventId: offset === between + 1 ? "e0" : `e${offset}`,
    }));
    const real = countedByWindow(records, dedup).has(`0/${between + 1}`);
    const asked = [records[0]!, records.at(-1)!];
    const possible = [...countedByRollup(asked, dedup)].map((counted) => counted.has(`0/${between + 1}`));
    assert.ok(possible.includes(real), `${between} between: ${real}`);
  }));
});

const template: EventRecord = {
  partition: 0,
  offset: 0,
  appendTimeMs: 0,
  eventTimeMs: 0,
  countedTimeMs: 0,
  eventId: "",
  type: "page_view",
  orderId: undefined,
  userId: "u",
  sessionId: "s",
  amount: undefined,
  currency: undefined,
};
