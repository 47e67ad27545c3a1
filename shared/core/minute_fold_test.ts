import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, REQUIRED } from "./event_fixture.ts";
import type { LogRecord, RecordBatch } from "./log_record.ts";
import { balances } from "./ledger.ts";
import { type MinuteChange, MinuteFold, type MinuteFoldOptions } from "./minute_fold.ts";
import type { StoredMinute } from "./minute_state.ts";
import { type StoredWindow, windowKey } from "./minute_windows.ts";
import { type Offset, START } from "./offset.ts";

const MINUTE = 60_000;
const T0 = Date.parse("2026-03-01T12:00:00.000Z");
const PARTITION = 2;
const options: MinuteFoldOptions = {
  allowedLatenessMs: 2 * MINUTE,
  maxSkewMs: MINUTE,
  dedup: { horizonMs: 86_400_000, maxIds: 1_000_000 },
  sessionTimeoutMs: 3 * MINUTE,
  closedMinutesKept: 1,
};

interface Sent {
  id: number;
  type: string;
  user: number;
  store: string;
  minutesBack: number;
  cents: number;
  poison: boolean;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  id: fc.integer({ min: 0, max: 300 }),
  type: fc.constantFrom("page_view", "add_to_cart", "begin_checkout", "purchase", "refund", "wishlist"),
  user: fc.integer({ min: 0, max: 4 }),
  store: fc.constantFrom("default", "nord"),
  minutesBack: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 14 })),
  cents: fc.integer({ min: 1, max: 99_999 }),
  poison: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

/** The log that these events make: one every 20 seconds, so that minutes pass and close. */
function logOf(events: readonly Sent[]): LogRecord[] {
  return events.map((event, at) => {
    const appendTimeMs = T0 + at * 20_000;
    const value = event.poison ? "{" : JSON.stringify({
      event_id: `e${event.id}`,
      event_type: event.type,
      event_ts: new Date(appendTimeMs - event.minutesBack * MINUTE).toISOString(),
      user_id: `u${event.user}`,
      session_id: `s${event.user % 3}`,
      store_id: event.store,
      page: `/p/${event.cents % 7}`,
      geo: { country: ["DE", "FR", "SE"][event.user % 3] },
      value: event.cents / 100,
      currency: "EUR",
    });
    return { offset: at as Offset, appendTimeMs, key: null, value: new TextEncoder().encode(value) };
  });
}

function batchOf(records: readonly LogRecord[], from: number, to: number): RecordBatch {
  return {
    partition: PARTITION,
    records: records.slice(from, to),
    from: from as Offset,
    through: to as Offset,
    end: records.length as Offset,
  };
}

/** What a store of guarded documents ends up with. */
class GuardedStore {
  readonly documents = new Map<string, StoredWindow>();
  readonly deadLetters = new Set<Offset>();
  last: MinuteChange | undefined;

  write(change: MinuteChange): void {
    for (const window of [...change.minutes, ...change.cohorts, ...change.breakdowns]) {
      const key = windowKey(window.kind, window.id);
      const there = this.documents.get(key);
      if (there === undefined || there.through < window.through) this.documents.set(key, window);
    }
    for (const { record } of change.refused) this.deadLetters.add(record.offset);
    this.last = change;
  }

  find(keys: readonly string[]): Map<string, StoredWindow> {
    return new Map(keys.flatMap((key) => {
      const document = this.documents.get(key);
      return document === undefined ? [] : [[key, document] as const];
    }));
  }

  get minutes(): readonly StoredMinute[] {
    return [...this.documents.values()].filter((window) => window.kind === "minute");
  }
}

function feed(fold: MinuteFold, store: GuardedStore, batch: RecordBatch): void {
  const keys = fold.needs(batch);
  if (keys.length > 0) fold.load(store.find(keys));
  fold.apply(batch);
}

function inOneGo(records: readonly LogRecord[]): GuardedStore {
  const store = new GuardedStore();
  const fold = new MinuteFold(PARTITION, { ...options, closedMinutesKept: 1_000 });
  feed(fold, store, batchOf(records, 0, records.length));
  store.write(fold.take(true));
  return store;
}

/** A naive recount, minute by minute, of what should have been counted. */
function recount(records: readonly LogRecord[]) {
  const seen = new Set<string>();
  const minutes = new Map<string, { events: number; users: Set<string>; gross: number; refunds: number }>();
  const books = { read: 0, counted: 0, duplicates: 0, deadLettered: 0 };
  for (const { value, appendTimeMs } of records) {
    books.read++;
    let event;
    try {
      event = JSON.parse(new TextDecoder().decode(value!));
    } catch {
      books.deadLettered++;
      continue;
    }
    if (seen.has(`${event.store_id} ${event.event_id}`)) {
      books.duplicates++;
      continue;
    }
    seen.add(`${event.store_id} ${event.event_id}`);
    books.counted++;
    const stamped = Date.parse(event.event_ts);
    const time = stamped > appendTimeMs + options.maxSkewMs ? appendTimeMs : stamped;
    const minute = new Date(Math.floor(time / MINUTE) * MINUTE).toISOString();
    const key = `${minute}/${PARTITION}/${event.store_id}`;
    const totals = minutes.get(key) ?? { events: 0, users: new Set(), gross: 0, refunds: 0 };
    minutes.set(key, totals);
    totals.events++;
    totals.users.add(event.user_id);
    if (event.event_type === "purchase") totals.gross += Math.round(event.value * 100);
    if (event.event_type === "refund") totals.refunds += Math.round(event.value * 100);
  }
  return { minutes, books };
}

Deno.test("every minute equals a naive recount: late, skewed, repeated and broken events included", () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 80 }), (events) => {
      const records = logOf(events);
      const { minutes, books } = recount(records);
      const store = inOneGo(records);
      assert.deepEqual(new Set(store.minutes.map(({ id }) => id)), new Set(minutes.keys()));
      for (const { id, rollup } of store.minutes) {
        const expected = minutes.get(id)!;
        const money = [...rollup.money.values()][0] ?? { gross: 0, refunds: 0 };
        assert.deepEqual(
          [rollup.counts.events, rollup.counts.users, money.gross, money.refunds],
          [expected.events, expected.users.size, expected.gross, expected.refunds],
        );
      }
      const { read, counted, duplicates, deadLettered } = store.last!.ledger;
      assert.deepEqual({ read, counted, duplicates, deadLettered }, books);
      assert.ok(balances(store.last!.ledger));
    }),
    { numRuns: 300 },
  );
});

Deno.test("any split into batches, writes, snapshots and crashes stores the same documents", () => {
  const step = fc.record({
    records: fc.integer({ min: 1, max: 12 }),
    write: fc.boolean(),
    snapshot: fc.boolean(),
    crash: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  });
  let crashes = 0;
  let readBack = 0;
  fc.assert(
    fc.property(
      fc.array(sent, { minLength: 20, maxLength: 120 }),
      fc.array(step, { minLength: 1 }),
      (events, steps) => {
        const records = logOf(events);
        const store = new GuardedStore();
        let fold = new MinuteFold(PARTITION, options);
        let snapshot: Uint8Array | undefined;
        const run = (to: number) => {
          const batch = batchOf(records, fold.through, to);
          readBack += fold.needs(batch).filter((key) => store.documents.has(key)).length;
          // The pump waits for writes under way before it reads state back, so whatever was let go is stored.
          store.write(fold.take(true));
          feed(fold, store, batch);
        };
        for (const { records: count, write, snapshot: save, crash } of steps) {
          run(Math.min(fold.through + count, records.length));
          if (save) store.write(fold.take(true));
          else if (write) store.write(fold.take(false));
          if (save) snapshot = fold.snapshot();
          if (!crash) continue;
          crashes++;
          fold = new MinuteFold(PARTITION, options);
          if (snapshot !== undefined) assert.ok(fold.restore(snapshot));
        }
        run(records.length);
        store.write(fold.take(true));
        const expected = inOneGo(records);
        assert.deepEqual(sorted(store.documents), sorted(expected.documents));
        assert.deepEqual(store.last!.ledger, expected.last!.ledger);
        assert.deepEqual(store.deadLetters, expected.deadLetters);
      },
    ),
    { numRuns: 200 },
  );
  assert.ok(crashes > 100, `only ${crashes} crashes happened`);
  assert.ok(readBack > 100, `state was read back only ${readBack} times`);
});

Deno.test("a purchase with an order that was counted is a duplicate even under another event id", () => {
  const purchase = (id: string) => ({
    event_id: id,
    event_type: "purchase",
    event_ts: new Date(T0).toISOString(),
    user_id: "u",
    session_id: "s",
    order_id: "o-1",
    value: 10,
    currency: "EUR",
  });
  const records = ["a", "b"].map((id, at): LogRecord => ({
    offset: at as Offset,
    appendTimeMs: T0,
    key: null,
    value: new TextEncoder().encode(JSON.stringify(purchase(id))),
  }));
  const { last } = inOneGo(records);
  assert.deepEqual([last!.ledger.counted, last!.ledger.duplicates], [1, 1]);
});

Deno.test("a minute is stored as closed with its members, and counts what comes later as restatements", () => {
  const quiet = { type: "page_view", user: 1, store: "default", cents: 1, poison: false };
  const events = Array.from({ length: 20 }, (_, id) => ({ ...quiet, id, minutesBack: 0 }));
  const store = inOneGo(logOf([...events, { ...quiet, id: 99, user: 2, minutesBack: 6 }]));
  const restated = store.minutes.filter(({ restatements }) => restatements > 0);
  assert.equal(restated.length, 1);
  assert.equal(restated[0]!.closed, true);
  assert.equal(restated[0]!.members!.users.length, 4);
  assert.equal(restated[0]!.rollup.counts.late_events, 1);
});

Deno.test("a snapshot of another partition or a damaged one is not taken up", () => {
  const fold = new MinuteFold(PARTITION, options);
  feed(fold, new GuardedStore(), batchOf(logOf([]), 0, 0));
  const snapshot = fold.snapshot();
  assert.equal(new MinuteFold(PARTITION + 1, options).restore(snapshot), false);
  snapshot[20]! ^= 1;
  const other = new MinuteFold(PARTITION, options);
  assert.equal(other.restore(snapshot), false);
  assert.equal(other.through, START);
});

function sorted(documents: ReadonlyMap<string, StoredWindow>): unknown[] {
  return [...documents]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, window]) =>
      window.kind !== "minute"
        ? [key, window]
        : [key, { ...window, rollup: { ...window.rollup, latency: window.rollup.latency.toWords() } }]
    );
}

Deno.test("history is in the books and moves the watermark, and has no minute", () => {
  const fold = new MinuteFold(PARTITION, { ...options, hotRetentionMs: 3_600_000 });
  const nowMs = Date.parse("2026-03-01T12:00:00.000Z");
  const records = ["2025-03-01T12:00:00.000Z", "2026-03-01T11:59:00.000Z"].map((event_ts, at): LogRecord => ({
    offset: at as Offset,
    appendTimeMs: nowMs + at,
    key: null,
    value: bytesOf({ ...REQUIRED, event_id: `e-${at}`, event_ts }),
  }));
  const batch = { partition: PARTITION, records, from: 0 as Offset, through: 2 as Offset, end: 2 as Offset };
  assert.deepEqual(fold.needs(batch), []);
  fold.apply(batch);
  const { minutes, cohorts, breakdowns, ledger } = fold.take(true);
  const starts = [minutes, cohorts, breakdowns].map((states) => states.map(({ minuteMs }) => minuteMs));
  assert.deepEqual(starts, Array(3).fill([Date.parse("2026-03-01T11:59:00.000Z")]));
  assert.deepEqual([ledger.read, ledger.counted, ledger.archived], [2, 2, 1]);
});
