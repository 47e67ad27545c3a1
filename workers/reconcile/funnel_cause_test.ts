import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { type EventRecord, recordKey } from "./event_record.ts";
import { canDiffer, sessionDisturbances } from "./funnel_cause.ts";
import { eventRecord, MINUTE } from "./testing/event_records.ts";

const RULES = { sessionTimeoutMs: 30 * MINUTE_MS, allowedLatenessMs: 10 * MINUTE_MS };
const after = (minutes: number) => MINUTE + minutes * MINUTE_MS;

function disturbances(records: readonly EventRecord[]) {
  return sessionDisturbances(records, records, new Set(records.map(recordKey)), RULES)
    .map(({ offset, reason }) => [offset, reason]);
}

Deno.test("an event that comes after its session was let go of disturbs it", () => {
  const late = eventRecord({ offset: 1, appendTimeMs: after(41), countedTimeMs: MINUTE + 5 });
  assert.deepEqual(disturbances([eventRecord({ offset: 0 }), late]), [[1, "late_event"]]);
  assert.deepEqual(disturbances([eventRecord({ offset: 0 }), { ...late, appendTimeMs: after(39) }]), []);
});

Deno.test("a visitor who comes back is another session, and disturbs nothing", () => {
  const back = eventRecord({ offset: 1, appendTimeMs: after(60), countedTimeMs: after(60) });
  assert.deepEqual(disturbances([eventRecord({ offset: 0 }), back]), []);
});

Deno.test("a copy that was counted, and a session in two partitions, disturb", () => {
  const first = eventRecord({ offset: 0, eventId: "a" });
  assert.deepEqual(disturbances([first, eventRecord({ offset: 1, eventId: "a" })]), [[1, "old_duplicate"]]);
  assert.deepEqual(disturbances([first, eventRecord({ offset: 1, partition: 1 })]), [
    [1, "user_across_partitions"],
  ]);
});

Deno.test("a disturbance can make so much difference and no more", () => {
  const truth = { started: 5, reached: [4, 2, 1, 0] as [number, number, number, number] };
  assert.ok(canDiffer({ ...truth, started: 6 }, truth, 1));
  assert.ok(!canDiffer({ ...truth, started: 8 }, truth, 1));
  assert.ok(!canDiffer({ ...truth, reached: [4, 3, 1, 0] }, truth, 0));
});
