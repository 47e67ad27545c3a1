import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, EVENT_TYPES, partitionKey } from "@countinghouse/core";
import {
  DEFAULT_FAULTS,
  jsonOf,
  NO_FAULTS,
  simulated,
  type SimulatedJson,
  START_MS,
} from "./testing/simulated.ts";
import { CURRENCIES } from "./catalogue.ts";

const timeOf = (event: SimulatedJson) => Date.parse(event.event_ts);
const EVENTS = simulated({ rate: 50, count: 60_000 }).map(jsonOf);
const ORDERS = new Map(EVENTS.filter((e) => e.event_type === "purchase").map((e) => [e.order_id!, e]));

const texts = (options: Parameters<typeof simulated>[0]) =>
  simulated(options).map(({ value }) => new TextDecoder().decode(value)).join("\n");

Deno.test("the same options give the same bytes", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 50_000 }), fc.boolean(), (seed, rate, rhythm) => {
      const options = { seed, rate, rhythm, count: 2_000, faults: { ...DEFAULT_FAULTS, poison: 0.01 } };
      assert.equal(texts(options), texts(options));
    }),
    { numRuns: 15 },
  );
});

Deno.test("another seed, start or store gives other ids, so that no two runs are taken for duplicates", () => {
  const ids = (options: Parameters<typeof simulated>[0]) =>
    simulated({ count: 2_000, ...options }).map(jsonOf).flatMap((e) => [e.event_id, e.session_id, e.user_id]);
  const base = new Set(ids({}));
  for (const options of [{ seed: 2 }, { startMs: START_MS + 1 }, { storeId: "other" }]) {
    assert.deepEqual(ids(options).filter((id) => base.has(id)), []);
  }
});

Deno.test("every event is accepted by the decoder, has a known type and its user's key", () => {
  for (const { key, value } of simulated({ storeId: `Müller "& Sons"`, faults: DEFAULT_FAULTS })) {
    const decoded = decodeEvent(value);
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.refusal.reason);
    assert.notEqual(decoded.value.type, "other");
    assert.equal(decoded.value.storeId, `Müller "& Sons"`);
    assert.deepEqual(key, partitionKey(decoded.value.storeId, decoded.value.userId));
  }
});

Deno.test("without faults, an event's time is its intended time, and every event_id is there once", () => {
  const records = simulated();
  assert.ok(records.every((record) => timeOf(jsonOf(record)) === record.intendedMs));
  assert.equal(new Set(records.map((record) => jsonOf(record).event_id)).size, records.length);
});

Deno.test("a session's events have rising times and one user, also at 50,000 events a second", () => {
  for (const rate of [1, 50_000]) {
    const last = new Map<string, SimulatedJson>();
    for (const event of simulated({ rate, count: 100_000 }).map(jsonOf)) {
      const before = last.get(event.session_id);
      if (before !== undefined) {
        assert.ok(timeOf(event) > timeOf(before), `${event.session_id} at ${event.event_ts}`);
        assert.equal(event.user_id, before.user_id);
      }
      last.set(event.session_id, event);
    }
  }
});

Deno.test("a user's sessions follow one after the other", () => {
  const spans = new Map<string, { user: string; from: number; to: number }>();
  for (const event of EVENTS) {
    const span = spans.get(event.session_id);
    spans.set(event.session_id, {
      user: event.user_id,
      from: span?.from ?? timeOf(event),
      to: timeOf(event),
    });
  }
  const byUser = Map.groupBy(spans.values(), ({ user }) => user);
  assert.ok([...byUser.values()].some((visits) => visits.length > 1), "nobody ever returns");
  for (const visits of byUser.values()) {
    visits.forEach((visit, index) => assert.ok(index === 0 || visit.from >= visits[index - 1]!.to));
  }
});

Deno.test("the value of a purchase and of a refund is the exact sum of its items", () => {
  for (const event of EVENTS.filter(({ value }) => value !== undefined)) {
    const withItems = decodeEvent(new TextEncoder().encode(JSON.stringify({ ...event, value: undefined })));
    const withValue = decodeEvent(new TextEncoder().encode(JSON.stringify({ ...event, items: undefined })));
    assert.ok(withItems.ok && withValue.ok);
    assert.equal(withItems.value.amount, withValue.value.amount, event.event_id);
    assert.ok(withValue.value.amount! > 0);
  }
});

Deno.test("an order_id is bought once, behind an add_to_cart and a begin_checkout of its session", () => {
  const purchases = EVENTS.filter((event) => event.event_type === "purchase");
  assert.ok(purchases.length > 100);
  assert.equal(ORDERS.size, purchases.length);
  const seen = new Map<string, Set<string>>();
  for (const { session_id, event_type } of EVENTS) {
    const types = seen.get(session_id) ?? new Set();
    seen.set(session_id, types);
    if (event_type === "purchase") assert.ok(types.has("add_to_cart") && types.has("begin_checkout"));
    if (event_type === "add_to_cart") assert.ok(types.has("view_item"));
    types.add(event_type);
  }
});

Deno.test("a refund gives back items of an earlier order of the same user, once", () => {
  const refunds = EVENTS.filter((event) => event.event_type === "refund");
  assert.ok(refunds.length > 10);
  assert.equal(new Set(refunds.map(({ order_id }) => order_id)).size, refunds.length);
  for (const refund of refunds) {
    const order = ORDERS.get(refund.order_id!)!;
    assert.equal(order.user_id, refund.user_id);
    assert.equal(order.currency, refund.currency);
    assert.ok(timeOf(order) < timeOf(refund));
    for (const item of refund.items!) {
      assert.ok(order.items!.some((bought) => JSON.stringify(bought) === JSON.stringify(item)));
    }
  }
});

Deno.test("the shop is believable", () => {
  const sessions = Map.groupBy(EVENTS, ({ session_id }) => session_id);
  const shareWith = (type: string) =>
    [...sessions.values()].filter((visit) => visit.some(({ event_type }) => event_type === type)).length /
    sessions.size;
  const within = (value: number, least: number, most: number, what: string) =>
    assert.ok(value >= least && value <= most, `${what} is ${value}, not from ${least} to ${most}`);
  within(EVENTS.length / sessions.size, 3.5, 6, "events a session");
  within(shareWith("view_item"), 0.6, 0.8, "share of sessions that see a product");
  within(shareWith("add_to_cart"), 0.1, 0.2, "share of sessions with a cart");
  within(shareWith("purchase"), 0.02, 0.05, "conversion");
  within(EVENTS.filter(({ utm }) => utm === undefined).length / EVENTS.length, 0.12, 0.27, "direct visits");
  assert.deepEqual(new Set(EVENTS.map(({ event_type }) => event_type)), new Set(EVENT_TYPES));
  assert.deepEqual(
    new Set(EVENTS.flatMap(({ currency }) => currency ?? [])),
    new Set(CURRENCIES),
  );
  const views = Map.groupBy(
    EVENTS.filter((e) => e.event_type === "view_item"),
    ({ product_id }) => product_id,
  );
  const counts = [...views.values()].map((list) => list.length).sort((a, b) => b - a);
  const all = counts.reduce((sum, count) => sum + count, 0);
  within(counts[0]! / all, 0.03, 0.12, "share of the best seller's views");
  within(counts.slice(0, 100).reduce((sum, count) => sum + count, 0) / all, 0.4, 0.8, "views of the top 100");
});

Deno.test("events are about 570 bytes long", () => {
  const records = simulated();
  const mean = records.reduce((sum, { value }) => sum + value.length, 0) / records.length;
  assert.ok(mean > 500 && mean < 620, `mean is ${mean}`);
});

Deno.test("the mix follows the sun: Japan is awake while Germany sleeps", () => {
  const shareOf = (country: string, hourUtc: number) => {
    const events = simulated({ startMs: START_MS + (hourUtc - 18) * 3_600_000, count: 10_000 }).map(jsonOf);
    return events.filter(({ geo }) => geo.country === country).length / events.length;
  };
  assert.ok(shareOf("JP", 10) > 3 * shareOf("JP", 19));
  assert.ok(shareOf("DE", 19) > 2 * shareOf("DE", 2));
});

Deno.test("shares of faults are what was asked for", () => {
  const faults = { duplicates: 0.03, disorder: 0.08, late: 0.02, poison: 0.01 };
  const records = simulated({ count: 100_000, faults });
  const share = (test: (record: typeof records[number]) => boolean) =>
    records.filter(test).length / records.length;
  const lagOf = (record: typeof records[number]) => record.intendedMs - timeOf(jsonOf(record));
  const about = (actual: number, wanted: number) =>
    assert.ok(Math.abs(actual - wanted) < 0.2 * wanted, `${actual}, wanted ${wanted}`);
  about(share(({ kind }) => kind === "duplicate"), faults.duplicates);
  about(share(({ kind }) => kind === "poison"), faults.poison);
  about(share((record) => record.kind === "event" && lagOf(record) >= 11 * 60_000), faults.late);
  about(
    share((record) => record.kind === "event" && lagOf(record) > 0 && lagOf(record) < 11 * 60_000),
    faults.disorder,
  );
});

Deno.test("late events come 11 to 60 minutes after their time, in order within their session", () => {
  const late = simulated({ count: 50_000, faults: { ...NO_FAULTS, late: 0.02 } })
    .filter((record) => timeOf(jsonOf(record)) !== record.intendedMs);
  assert.ok(late.length > 100);
  const last = new Map<string, number>();
  for (const record of late) {
    const event = jsonOf(record);
    const lagMs = record.intendedMs - timeOf(event);
    assert.ok(lagMs >= 11 * 60_000 && lagMs <= 60 * 60_000);
    assert.ok(timeOf(event) > (last.get(event.session_id) ?? -Infinity));
    last.set(event.session_id, timeOf(event));
  }
});
