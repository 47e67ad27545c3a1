import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { act, cleanup, render } from "@testing-library/preact";
import Books from "./books.tsx";
import { installDom } from "./dom_fixture.ts";
import type { LiveMinutes } from "./live_minutes.ts";
import type { LiveState } from "./live_state.ts";
import { liveState, NOW } from "./live_state_fixture.ts";
import LiveStatus from "./live_status.tsx";
import { emptyPoint, type MinutePoint } from "./minute_point.ts";
import { MinuteTable } from "./minute_table.tsx";
import Overview from "./overview.tsx";

const CURRENT = minuteStart(NOW);
const point = (ago: number, given: Partial<MinutePoint> = {}): MinutePoint => ({
  ...emptyPoint(CURRENT - ago * MINUTE_MS),
  ...given,
});

/** A state that a test changes. */
function changing(first: LiveState): LiveMinutes & { change(given: Partial<LiveState>): void } {
  const listeners = new Set<() => void>();
  let state = first;
  return {
    rendered: first,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(given) {
      state = { ...state, ...given };
      for (const listener of listeners) listener();
    },
  };
}

/** A test with a document, in which what it rendered is taken away again. */
function domTest(name: string, test: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    using _dom = installDom();
    try {
      await test();
    } finally {
      cleanup();
    }
  });
}

const card = (container: HTMLElement, id: string) =>
  container.querySelector(`[data-kpi=${id}] .card-value`)?.textContent;
const hour = (container: HTMLElement, id: string) =>
  container.querySelector(`[data-kpi=${id}] .card-hour-value`)?.textContent;

domTest("the cards show the newest minute, and the hour below it", () => {
  const points = [
    point(1, { revenueMinor: 10_000, orders: 2, sessions: 50, users: 40, addToCarts: 9 }),
    point(0, { revenueMinor: 1_999, orders: 1, sessions: 20, users: 19, addToCarts: 4 }),
  ];
  const { container } = render(<Overview live={changing(liveState({ points }))} />);
  assert.deepEqual(
    ["revenue", "orders", "conversion", "aov", "sessions", "users", "add-to-carts"].map((id) => [
      card(container as HTMLElement, id),
      hour(container as HTMLElement, id),
    ]),
    [
      ["€19.99", "€119.99"],
      ["1", "3"],
      ["5.00%", "4.29%"],
      ["€19.99", "€40.00"],
      ["20", "50"],
      ["19", "40"],
      ["4", "13"],
    ],
  );
});

domTest("a number changes when its minute does", async () => {
  const live = changing(liveState({ points: [point(0, { orders: 1 })] }));
  const { container } = render(<Overview live={live} />);
  await act(() => live.change({ points: [point(0, { orders: 2 })] }));
  assert.equal(card(container as HTMLElement, "orders"), "2");
});

domTest("revenue says which currencies it leaves out", () => {
  const live = changing(liveState({ points: [point(0)], unconverted: ["XAU"] }));
  const { container } = render(<Overview live={live} />);
  assert.match(container.textContent ?? "", /without XAU: no rate/);
});

domTest("an hour without events says when the newest ones were", () => {
  const live = changing(liveState({ newestBeforeMs: Date.parse("2026-02-27T08:15:00Z") }));
  const { container } = render(<Overview live={live} />);
  assert.match(container.querySelector(".empty")?.textContent ?? "", /27 Feb 2026/);
  assert.equal(card(container as HTMLElement, "orders"), "0");
});

domTest("a shop without any event is told how to get some", () => {
  const { container } = render(<Overview live={changing(liveState())} />);
  assert.match(container.querySelector(".empty")?.textContent ?? "", /deno task simulate/);
});

domTest("the connection is told in a word", async () => {
  const live = changing(liveState());
  const { getByRole } = render(<LiveStatus live={live} />);
  assert.equal(getByRole("status").textContent, "Connecting");
  await act(() => live.change({ connection: "offline" }));
  assert.equal(getByRole("status").textContent, "Offline");
});

domTest("the books are shown as a sum, with the word on whether it is right", () => {
  const { container } = render(<Books live={changing(liveState())} />);
  assert.equal(
    container.textContent,
    "The books balance: 1,011 read = 1,000 counted + 10 duplicates + 1 dead-lettered",
  );
  assert.equal(container.querySelector("a")?.getAttribute("href"), "/ledger");
});

domTest("books that don't balance say so", () => {
  const books = { read: 5, counted: 3, duplicates: 1, dead_lettered: 0 };
  const { container } = render(<Books live={changing(liveState({ books }))} />);
  assert.match(container.textContent ?? "", /do not balance/);
});

domTest("the table has a row for every minute, newest first, with its status", () => {
  const minutes = [
    point(1, { sessions: 4, orders: 1, revenueMinor: 500, status: "restated" }),
    point(0, { sessions: 2 }),
  ];
  const { container } = render(<MinuteTable minutes={minutes} state={liveState()} timeZone="UTC" />);
  const rows = [...container.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map(({ textContent }) => textContent)
  );
  assert.deepEqual(rows, [
    ["12:00", "€0.00", "0", "2", "0.00%", "provisional"],
    ["11:59", "€5.00", "1", "4", "25.00%", "restated"],
  ]);
});
