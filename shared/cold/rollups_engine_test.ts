import assert from "node:assert/strict";
import type { LogRecord } from "@countinghouse/core";
import { countUniqueEvents } from "./count_unique_events.ts";
import { ColdSink } from "./cold_sink.ts";
import type { ColdStore } from "./cold_store.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { readHeads } from "./cold_books.ts";
import { eraseUser } from "./erase_user.ts";
import type { EventFilter } from "./event_filter.ts";
import { batchOf, record, T0 } from "./log_records_fixture.ts";
import { refreshRollups } from "./refresh_rollups.ts";
import { planRollups } from "./rollup_plan.ts";
import { RowFold } from "./row_fold.ts";
import { readColdWindows } from "./window_reader.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MIDNIGHT = Math.floor(T0 / DAY_MS) * DAY_MS;
const LATER = MIDNIGHT + 10 * DAY_MS;
const STORE_ID = "default";

async function write(store: ColdStore, records: readonly LogRecord[], partition = 0): Promise<void> {
  const batch = batchOf(records, partition);
  const fold = new RowFold(partition, batch.from);
  fold.apply(batch);
  const { through } = fold;
  await new ColdSink(store).write({
    partition,
    through,
    end: batch.end,
    caughtUpMs: undefined,
    change: fold.take(),
  });
}

const at = (timeMs: number) => ({ event_ts: new Date(timeMs).toISOString() });
/** Three days of an event every 20 minutes, each tenth of them twice; the offset is the event's number. */
const threeDays = (from = 0, to = 216) =>
  Array.from({ length: to - from }, (_, n) => {
    const number = from + n;
    const original = number % 10 === 9 ? number - 1 : number;
    return {
      ...record(number, {
        event_id: `e${original}`,
        user_id: `u${original % 5}`,
        ...at(MIDNIGHT + original * 20 * 60_000),
      }),
      appendTimeMs: MIDNIGHT + number * 20 * 60_000,
    };
  });

const windowsOf = (fromMs: number, toMs: number, widthMs: number) =>
  Array.from({ length: (toMs - fromMs) / widthMs }, (_, n) => ({
    fromMs: fromMs + n * widthMs,
    toMs: fromMs + (n + 1) * widthMs,
  }));

/** Events, users and sessions by window, without the windows that have none. */
async function counts(store: ColdStore, widthMs: number, filter: EventFilter = {}, fromMs = MIDNIGHT) {
  const windows = windowsOf(fromMs, fromMs + 3 * DAY_MS, widthMs);
  const rollups = await readColdWindows(store, { storeId: STORE_ID, windows, filter });
  return [...rollups].sort(([a], [b]) => a - b)
    .map(([, { counts }]) => [counts.events, counts.users, counts.sessions]);
}

const planOf = async (store: ColdStore, gridMs = DAY_MS) => {
  const range = { fromMs: MIDNIGHT, toMs: MIDNIGHT + 3 * DAY_MS };
  const { pieces, raw } = await planRollups(store, STORE_ID, range, gridMs);
  return { steps: pieces.map(({ step }) => step.name), raw };
};

Deno.test("users and sessions of an hour, a day and a day elsewhere are distinct ones, rolled up or not", () =>
  withColdStore(async (store) => {
    await write(store, threeDays());
    const answers = () =>
      Promise.all([
        counts(store, DAY_MS),
        counts(store, HOUR_MS),
        counts(store, DAY_MS, {}, MIDNIGHT - 5.5 * HOUR_MS),
      ]);
    const fromEvents = await answers();
    assert.deepEqual((await planOf(store)).raw.length, 1);
    await refreshRollups(store, { settledMs: LATER });
    assert.deepEqual(await planOf(store), { steps: ["day"], raw: [] });
    assert.deepEqual(await answers(), fromEvents);
    const [day] = fromEvents[0];
    const originals = Array.from({ length: 72 }, (_, number) => number).filter((number) => number % 10 !== 9);
    const sessions = new Set(originals.map((number) => `${number % 5} ${number % 11}`));
    assert.deepEqual(day, [originals.length, 5, sessions.size]);
    assert.equal(await countUniqueEvents(store), 216 - 21);
  }));

Deno.test("an event that comes after a refresh is in every answer at once, and makes only its own minute stale", () =>
  withColdStore(async (store) => {
    await write(store, threeDays());
    const since = await refreshRollups(store, { settledMs: LATER });
    const before = await counts(store, DAY_MS);
    const late = record(216, { event_id: "new", user_id: "someone", ...at(MIDNIGHT + DAY_MS + 30_000) });
    await write(store, [{ ...late, appendTimeMs: LATER }]);
    const after = await counts(store, DAY_MS);
    assert.deepEqual(after[1], [before[1]![0]! + 1, before[1]![1]! + 1, before[1]![2]! + 1]);
    const minute = MIDNIGHT + DAY_MS;
    assert.deepEqual(await planOf(store), {
      steps: ["day", "hour", "minute"],
      raw: [{ fromMs: minute, toMs: minute + 60_000 }],
    });
    assert.equal(await countUniqueEvents(store), 196);
    await refreshRollups(store, { since, settledMs: LATER });
    assert.deepEqual(await planOf(store), { steps: ["day"], raw: [] });
    assert.deepEqual(await counts(store, DAY_MS), after);
  }));

Deno.test("a block that is written again, under other boundaries too, changes no answer", () =>
  withColdStore(async (store) => {
    await store.client.command({ query: "SYSTEM STOP MERGES events" });
    await write(store, threeDays(0, 150));
    await refreshRollups(store, { settledMs: LATER });
    await write(store, threeDays(0, 150));
    await write(store, threeDays(100, 216));
    const answer = await counts(store, DAY_MS);
    assert.deepEqual(await counts(store, DAY_MS, { event_type: ["page_view"] }), answer);
    await refreshRollups(store, { settledMs: LATER });
    assert.deepEqual(await counts(store, DAY_MS), answer);
    assert.deepEqual(await counts(store, DAY_MS, { event_type: ["page_view"] }), answer);
    assert.equal(await countUniqueEvents(store), 195);
  }));

Deno.test("a record that turns out to be a duplicate, as the first was stored later, leaves its rollups", () =>
  withColdStore(async (store) => {
    const sent = (event_ts: number, appendTimeMs: number) => ({
      ...record(0, { event_id: "twice", ...at(event_ts) }),
      appendTimeMs,
    });
    await write(store, [sent(MIDNIGHT + HOUR_MS, MIDNIGHT + 3 * HOUR_MS)], 1);
    const since = await refreshRollups(store, { settledMs: LATER });
    await write(store, [sent(MIDNIGHT, MIDNIGHT + 2 * HOUR_MS)], 0);
    await refreshRollups(store, { since, settledMs: LATER });
    for (const widthMs of [60_000, HOUR_MS]) {
      const windows = windowsOf(MIDNIGHT, MIDNIGHT + DAY_MS, widthMs);
      const found = await readColdWindows(store, { storeId: STORE_ID, windows });
      assert.deepEqual([...found.keys()], [MIDNIGHT]);
    }
    assert.deepEqual(await counts(store, DAY_MS), [[1, 1, 1]]);
  }));

Deno.test("what isn't over is left to the events, and rolled up when it is", () =>
  withColdStore(async (store) => {
    await write(store, threeDays());
    const noon = MIDNIGHT + DAY_MS + 12 * HOUR_MS;
    const since = await refreshRollups(store, { settledMs: noon + 60_000 });
    const steps = await rowsOf<{ step: string; n: number }>(
      store,
      "SELECT step, toUInt32(count()) AS n FROM rollups FINAL GROUP BY step ORDER BY step",
    );
    assert.deepEqual(steps.map(({ step, n }) => [step, n]), [["minute", 99], ["hour", 36], ["day", 1]]);
    await refreshRollups(store, { since, settledMs: LATER });
    assert.deepEqual(await planOf(store), { steps: ["day"], raw: [] });
  }));

const shop = (number: number, event: Readonly<Record<string, unknown>>) =>
  record(number, { ...at(MIDNIGHT + number * 60_000), ...event });
const filtered: readonly (readonly [EventFilter, number])[] = [
  [{ country: ["DE"] }, 3],
  [{ country: ["DE", "FR"] }, 4],
  [{ country: ["DE"], utm_source: ["mail"] }, 1],
  [{ device: ["mobile"] }, 1],
  [{ device: ["desktop"] }, 1],
  [{ product_id: ["p1"] }, 2],
  [{ event_type: ["purchase"] }, 1],
  [{ event_type: ["wishlist"] }, 1],
  [{ event_type: ["other"] }, 1],
  [{ city: ["Köln' OR 1 = 1 --"] }, 0],
];
Deno.test("a filter takes the events that have one of the values of every field, rolled up or not", () =>
  withColdStore(async (store) => {
    await write(
      store,
      [
        shop(0, { geo: { country: "DE" }, utm: { source: "mail" }, device: { mobile: true } }),
        shop(1, { geo: { country: "DE" }, device: { mobile: false }, product_id: "p1" }),
        shop(2, { geo: { country: "FR" }, event_type: "wishlist" }),
        shop(3, {
          geo: { country: "DE" },
          event_type: "purchase",
          items: [{ product_id: "p1", price: 1 }, { product_id: "p2" }],
        }),
        shop(3, { event_id: "e3", geo: { country: "DE" }, event_type: "purchase" }),
      ].map((one, offset) => ({ ...one, offset: offset as LogRecord["offset"] })),
    );
    for (const refreshed of [false, true]) {
      if (refreshed) await refreshRollups(store, { settledMs: LATER });
      for (const [filter, events] of filtered) {
        const found = await counts(store, DAY_MS, filter);
        assert.equal(found[0]?.[0] ?? 0, events, JSON.stringify({ filter, refreshed }));
      }
    }
  }));

Deno.test("an erased user is in no answer and no rollup, the others are, and the worker's position stays", () =>
  withColdStore(async (store) => {
    await write(store, threeDays());
    await write(store, [record(216, { event_id: "last", user_id: "u1", ...at(MIDNIGHT + 2 * DAY_MS) })]);
    await refreshRollups(store, { settledMs: LATER });
    const before = await counts(store, DAY_MS);
    const receipt = await eraseUser(store, STORE_ID, "u1");
    assert.deepEqual([receipt.rows, receipt.storeId], [44, STORE_ID]);
    const [left] = await rowsOf<{ n: number }>(
      store,
      "SELECT toUInt32(countIf(user_id = 'u1')) AS n FROM events",
    );
    assert.equal(left?.n, 0);
    assert.equal(await new ColdSink(store).position(0), 217);
    assert.deepEqual(await readHeads(store), new Map([[0, 217]]), "readers know how far it was");
    const after = await counts(store, DAY_MS);
    assert.deepEqual(after.map(([, users]) => users), before.map(([, users]) => users! - 1));
    assert.deepEqual(await counts(store, DAY_MS, { event_type: ["page_view"] }), after);
    assert.equal(
      (await eraseUser(store, STORE_ID, "u1")).rows,
      44,
      "a second receipt says what is gone by now",
    );
  }));
