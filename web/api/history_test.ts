import assert from "node:assert/strict";
import type { ColdProgress, WindowsAsked } from "@countinghouse/cold";
import { emptyRollup, MINUTE_MS, type Rollup, zeroCounts } from "@countinghouse/core";
import type { MinuteRange } from "@countinghouse/hot";
import { partitionDocument } from "@countinghouse/hot/fixture";
import { kpiMinute } from "../kpi_fixture.ts";
import { completeBefore, createHistory, type HistoryAsked } from "./history.ts";
import { calendarWindows, type Step } from "./history_windows.ts";

const NOW = Date.parse("2026-03-10T12:00:00Z");
const DAY_MS = 86_400_000;
const RETENTION_MS = 7 * DAY_MS;
const rules = { convert: () => undefined, reportingCurrency: undefined, allowedLatenessMs: 10 * MINUTE_MS };

const rollup = (events: number, late_events = 0): Rollup => ({
  ...emptyRollup(),
  counts: { ...zeroCounts(), events, late_events },
});

/** History on two stores that both have an event in every minute, and notes what they are asked. */
function twoStores(rollupAt: (startMs: number) => Rollup | undefined = () => rollup(1)) {
  const hotAsked: MinuteRange[] = [];
  const coldAsked: WindowsAsked[] = [];
  const readHistory = createHistory({
    hot: {
      windows(range) {
        hotAsked.push(range);
        const windows = calendarWindows("1m", "UTC", range.startMs, range.endMs);
        return Promise.resolve(windows.map(({ fromMs }) => kpiMinute({ startMs: fromMs })));
      },
    },
    cold(asked) {
      coldAsked.push(asked);
      const found = asked.windows.flatMap(({ fromMs }): [number, Rollup][] => {
        const rollup = rollupAt(fromMs);
        return rollup === undefined ? [] : [[fromMs, rollup]];
      });
      return Promise.resolve(new Map(found));
    },
    coldProgress: () => Promise.resolve(new Map([[0, { held: 0, closedBeforeMs: NOW - 10 * MINUTE_MS }]])),
    context: () => Promise.resolve({ partitions: [partitionDocument({ _id: 0 })], currency: undefined }),
    rules,
    hotRetentionMs: RETENTION_MS,
  });
  const ask = (
    fromMs: number,
    toMs: number,
    asked: Partial<HistoryAsked> & { readonly step?: Step } = {},
  ) => {
    const { step = "1m" } = asked;
    const windows = calendarWindows(step, "UTC", fromMs, toMs);
    return readHistory({ storeId: "default", step, windows, filter: {}, fill: false, ...asked }, NOW);
  };
  return { ask, hotAsked, coldAsked };
}

Deno.test("at the boundary of the hot retention no minute is missing and none is there twice", async () => {
  const { ask } = twoStores();
  const boundary = NOW - RETENTION_MS;
  const windows = await ask(boundary - 60 * MINUTE_MS, boundary + 60 * MINUTE_MS);
  assert.deepEqual(
    windows.map(({ window_start }) => Date.parse(window_start)),
    Array.from({ length: 120 }, (_, at) => boundary + (at - 60) * MINUTE_MS),
  );
  const firstHot = windows.findIndex(({ source }) => source === "hot");
  assert.ok(firstHot > 60, "the hot store answers only for what it keeps for certain");
  assert.ok(windows.slice(firstHot).every(({ source }) => source === "hot"));
});

Deno.test("minutes that the hot store has are asked of nobody else", async () => {
  const { ask, coldAsked } = twoStores();
  const windows = await ask(NOW - 60 * MINUTE_MS, NOW);
  assert.equal(windows.length, 60);
  assert.deepEqual(coldAsked, []);
});

Deno.test("hours, days, and minutes with a filter are the warehouse's, however young", async () => {
  for (const asked of [{ step: "1h" }, { step: "1d" }, { filter: { country: ["DE"] } }] as const) {
    const { ask, hotAsked } = twoStores();
    const windows = await ask(NOW - 2 * DAY_MS, NOW, asked);
    assert.ok(windows.length > 0 && windows.every(({ source }) => source === "warehouse"));
    assert.deepEqual(hotAsked, []);
  }
});

Deno.test("windows without events are left out, or zeros where it is to be filled", async () => {
  const { ask } = twoStores((startMs) => startMs % (2 * DAY_MS) === 0 ? rollup(5) : undefined);
  const range = [NOW - 10 * DAY_MS, NOW] as const;
  assert.deepEqual((await ask(...range, { step: "1d" })).map(({ metrics }) => metrics.events), [
    5,
    5,
    5,
    5,
    5,
  ]);
  assert.deepEqual(
    (await ask(...range, { step: "1d", fill: true })).map(({ metrics }) => metrics.events),
    [5, 0, 5, 0, 5, 0, 5, 0, 5, 0].reverse(),
  );
});

Deno.test("a window is final when it is over and all is in, and restated where late events came", async () => {
  const { ask } = twoStores((startMs) => rollup(3, startMs % DAY_MS === 0 ? 1 : 0));
  const windows = await ask(NOW - 13 * 60 * MINUTE_MS, NOW + 1, { step: "1h" });
  assert.equal(windows[0]?.status, "final");
  assert.equal(windows[1]?.status, "restated");
  assert.equal(windows.at(-1)?.status, "provisional");
});

const END = NOW - 60 * MINUTE_MS;
const ledger = { read: 12, counted: 9, duplicates: 1, dead_lettered: 2, late: 0, skewed: 0, archived: 0 };
const done = partitionDocument({ _id: 0, watermark: new Date(END), ledger });
const complete:
  readonly (readonly [string, Parameters<typeof completeBefore>[0]["partitions"], ColdProgress, number])[] = [
    ["the rollup worker is done and all it counted is held", [done], { held: 10, closedBeforeMs: 0 }, END],
    ["one event is still on its way", [done], { held: 9, closedBeforeMs: 0 }, 0],
    [
      "its own events close it, whatever is on its way",
      [done],
      { held: 9, closedBeforeMs: END - 1 },
      END - 1,
    ],
    [
      "the partition is idle, and was read to its end after the lateness",
      [partitionDocument({ _id: 0, ledger, caught_up: new Date(END + 10 * MINUTE_MS + 2_000) })],
      { held: 10, closedBeforeMs: 0 },
      END,
    ],
    ["nobody knows of any partition", [], { held: 10, closedBeforeMs: END }, -Infinity],
  ];
for (const [name, partitions, progress, beforeMs] of complete) {
  Deno.test(`windows are complete before ${beforeMs}: ${name}`, () => {
    assert.equal(completeBefore({ partitions }, new Map([[0, progress]]), rules), beforeMs);
  });
}
