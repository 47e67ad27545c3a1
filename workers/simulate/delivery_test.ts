import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "@countinghouse/core";
import { jsonOf, NO_FAULTS, simulated } from "./testing/simulated.ts";

const faultShares = fc.record({
  duplicates: fc.double({ min: 0, max: 0.3, noNaN: true }),
  disorder: fc.double({ min: 0, max: 0.5, noNaN: true }),
  poison: fc.double({ min: 0, max: 0.2, noNaN: true }),
  late: fc.constant(0),
});

Deno.test("whatever the faults, there is one record for each time, and no event gets lost", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 500 }), faultShares, (seed, rate, faults) => {
      const records = simulated({ seed, rate, count: 1_500, faults });
      assert.equal(records.length, 1_500);
      const events = records.filter(({ kind }) => kind === "event").map(jsonOf);
      assert.equal(new Set(events.map(({ event_id }) => event_id)).size, events.length);
      // Sorted by time, every session is whole again: it begins with no purchase, and each purchase has its cart.
      const carts = new Set<string>();
      events.sort((a, b) => Date.parse(a.event_ts) - Date.parse(b.event_ts));
      for (const { event_type, session_id } of events) {
        if (event_type === "begin_checkout") carts.add(session_id);
        if (event_type === "purchase") assert.ok(carts.has(session_id));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a duplicate repeats, byte for byte, an event that was sent before", () => {
  const sent = new Set<string>();
  let duplicates = 0;
  for (const { kind, value } of simulated({ faults: { ...NO_FAULTS, duplicates: 0.05, disorder: 0.1 } })) {
    const text = new TextDecoder().decode(value);
    if (kind === "duplicate") {
      duplicates++;
      assert.ok(sent.has(text));
    }
    sent.add(text);
  }
  assert.ok(duplicates > 500);
});

Deno.test("a disordered event is overtaken, by 30 seconds and a little at the most", () => {
  const records = simulated({ faults: { ...NO_FAULTS, disorder: 0.1 } });
  const lags = records.map((record) => record.intendedMs - Date.parse(jsonOf(record).event_ts)).filter((
    lag,
  ) => lag > 0);
  assert.ok(lags.length > 1_000);
  assert.ok(Math.max(...lags) < 35_000);
  let newest = -Infinity;
  let overtaken = 0;
  for (const record of records) {
    const timeMs = Date.parse(jsonOf(record).event_ts);
    if (timeMs < newest) overtaken++;
    newest = Math.max(newest, timeMs);
  }
  assert.equal(overtaken, lags.length);
});

Deno.test("every way to spoil an event makes the decoder refuse it", () => {
  const codes = new Set<string>();
  for (const { kind, value } of simulated({ faults: { ...NO_FAULTS, poison: 0.1 } })) {
    const decoded = decodeEvent(value);
    assert.equal(decoded.ok, kind !== "poison");
    if (!decoded.ok) codes.add(decoded.refusal.code);
  }
  assert.deepEqual(codes, new Set(["not_json", "empty", "not_a_time", "missing"]));
});
