import assert from "node:assert/strict";
import { PART_COUNTERS } from "./breakdown.ts";
import { writeBreakdown } from "./breakdown_codec.ts";
import { STORED } from "./breakdown_state.ts";
import { ByteWriter } from "./byte_codec.ts";
import { REQUIRED } from "./event_fixture.ts";
import type { LogRecord } from "./log_record.ts";
import { type MinuteChange, MinuteFold, type MinuteFoldOptions } from "./minute_fold.ts";
import type { Offset } from "./offset.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse("2026-03-01T12:00:00.000Z");
const LARGEST_DOCUMENT_BYTES = 256 * 1_024;
const options: MinuteFoldOptions = {
  allowedLatenessMs: 10 * MINUTE,
  maxSkewMs: 5 * MINUTE,
  sessionTimeoutMs: 30 * MINUTE,
  dedup: { horizonMs: HOUR, maxIds: 100_000 },
  closedMinutesKept: 5,
};

interface Sent {
  readonly timeMs: number;
  readonly fields: object;
}

/** Feeds a fold from a log of so many events; `written` sees every write, one a batch. */
function fold(
  events: number,
  batchSize: number,
  sent: (at: number) => Sent,
  written: (change: MinuteChange, fold: MinuteFold) => void,
) {
  const minutes = new MinuteFold(0, options);
  const utf8 = new TextEncoder();
  for (let from = 0; from < events; from += batchSize) {
    const records: LogRecord[] = [];
    for (let at = from; at < Math.min(from + batchSize, events); at++) {
      const { timeMs, fields } = sent(at);
      const event = { ...REQUIRED, event_id: `e${at}`, event_ts: new Date(timeMs).toISOString(), ...fields };
      const value = utf8.encode(JSON.stringify(event));
      records.push({ offset: at as Offset, appendTimeMs: timeMs, key: null, value });
    }
    const through = (from + records.length) as Offset;
    const batch = { partition: 0, records, from: from as Offset, through, end: events as Offset };
    assert.deepEqual(minutes.needs(batch), []);
    minutes.apply(batch);
    written(minutes.take(true), minutes);
  }
}

Deno.test("a million distinct products in a minute: the favourite by name, exact totals, a small document", () => {
  const events = 1_000_000;
  const favourite = (at: number) => at % 1_000 === 0;
  const sent = (at: number): Sent => ({
    timeMs: T0 + Math.floor(at / events * MINUTE),
    fields: {
      event_type: "purchase",
      currency: ["EUR", "USD", "JPY"][at % 3],
      value: 10,
      quantity: 2,
      product_id: favourite(at) ? "favourite" : `product-${at}-of-a-million`,
      page: `/products/${at}?with=a-long-address-that-nobody-else-asks-for`,
      user_id: `u${at % 5_000}`,
    },
  });
  let last: MinuteChange | undefined;
  fold(events, 100_000, sent, (change) => last = change);
  assert.equal(last!.minutes[0]!.rollup.counts.purchases, events);
  const { breakdown } = last!.breakdowns[0]!;
  const [name, top] = [...breakdown.product.parts][0]!;
  assert.deepEqual([name, top.counts.purchases], ["favourite", events / 1_000]);
  for (const dimension of ["product", "page"] as const) {
    const { parts, other } = breakdown[dimension];
    assert.ok(parts.size <= STORED.parts);
    const all = [...parts.values(), other];
    const total = PART_COUNTERS.map((counter) => all.reduce((sum, { counts }) => sum + counts[counter], 0));
    const units = dimension === "product" ? 2 * events : 0;
    assert.deepEqual(total, [events, 0, 0, 0, events, 0, units]);
    const gross = all.flatMap(({ money }) => [...money.values()]).reduce(
      (sum, money) => sum + money.gross,
      0,
    );
    assert.equal(gross, 1_000 * 333_334 + 1_000 * 333_333 + 10 * 333_333);
  }
  const writer = new ByteWriter();
  writeBreakdown(writer, breakdown);
  assert.ok(writer.bytes().length < LARGEST_DOCUMENT_BYTES, `it has ${writer.bytes().length} bytes`);
});

Deno.test("the hottest key: all events of a partition in one session are counted, in one place", () => {
  const events = 100_000;
  const types = ["page_view", "add_to_cart", "begin_checkout", "purchase"];
  const sent = (at: number): Sent => ({
    timeMs: T0 + Math.floor(at / events * MINUTE),
    fields: { event_type: types[at % types.length] },
  });
  let last: MinuteChange | undefined;
  let held: MinuteFold["held"] | undefined;
  fold(events, 50_000, sent, (change, { held: now }) => [last, held] = [change, now]);
  const { events: counted, users, sessions, add_to_carts } = last!.minutes[0]!.rollup.counts;
  assert.deepEqual([counted, users, sessions, add_to_carts], [events, 1, 1, events / 4]);
  assert.deepEqual(last!.cohorts[0]!.cohort.reached, [1, 1, 1, 1]);
  assert.equal(held!.sessions, 1);
});

Deno.test("a session that never ends, and the ids and minutes of days, take no more room than those of an hour", () => {
  const hours = 72;
  const batchSize = 10_000;
  const events = 120_000;
  const perEventMs = hours * HOUR / events;
  const sent = (at: number): Sent => ({
    timeMs: T0 + Math.floor(at * perEventMs),
    fields: at % 2 === 0
      ? { user_id: "endless", session_id: "endless", event_type: "add_to_cart" }
      : { user_id: `u${at}`, session_id: `s${at}` },
  });
  const most = { sessions: 0, ids: 0, minutes: 0, breakdowns: 0, snapshotBytes: 0 };
  fold(events, batchSize, sent, (_, fold) => {
    for (const name of ["sessions", "ids", "minutes", "breakdowns"] as const) {
      most[name] = Math.max(most[name], fold.held[name]);
    }
    most.snapshotBytes = Math.max(most.snapshotBytes, fold.snapshot().length);
  });
  const perHour = events / hours;
  const perBatch = batchSize * perEventMs / MINUTE;
  const heldHours = (options.sessionTimeoutMs + options.allowedLatenessMs + MINUTE) / HOUR;
  assert.ok(most.ids <= 9 / 8 * perHour + 1, `${most.ids} ids were held`);
  assert.ok(most.sessions <= perHour / 2 * heldHours + 2, `${most.sessions} sessions were held`);
  assert.ok(most.minutes <= 17 + perBatch + options.closedMinutesKept!, `${most.minutes} minutes were held`);
  assert.ok(most.breakdowns <= most.minutes);
  assert.ok(most.snapshotBytes < 512 * 1_024, `a snapshot took ${most.snapshotBytes} bytes`);
});
