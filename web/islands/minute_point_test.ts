import assert from "node:assert/strict";
import { kpiMinute } from "../kpi_fixture.ts";
import {
  averageOrder,
  conversion,
  emptyPoint,
  type MinutePoint,
  summarise,
  toPoint,
} from "./minute_point.ts";

const point = (given: Partial<MinutePoint>): MinutePoint => ({ ...emptyPoint(0), ...given });

Deno.test("a point has the exact amount that the API's decimal stands for", () => {
  for (const euroCents of [1, 29, 1_005, 57_656, 123_456_789_01]) {
    assert.equal(toPoint(kpiMinute({ startMs: 0, euroCents })).revenueMinor, euroCents);
  }
});

Deno.test("a point has the figures of its minute", () => {
  const counts = { sessions: 4, users: 3, purchases: 2, add_to_carts: 1 };
  assert.deepEqual(toPoint(kpiMinute({ startMs: 60_000, status: "final", counts, euroCents: 500 })), {
    startMs: 60_000,
    status: "final",
    sessions: 4,
    users: 3,
    orders: 2,
    addToCarts: 1,
    revenueMinor: 500,
  });
});

Deno.test("there is no conversion without a session, and no average without an order", () => {
  assert.equal(conversion({ orders: 0, sessions: 0 }), undefined);
  assert.equal(averageOrder({ orders: 0, revenueMinor: 0 }), undefined);
  assert.equal(conversion({ orders: 1, sessions: 4 }), 0.25);
  assert.equal(averageOrder({ orders: 2, revenueMinor: 5 }), 3);
  assert.equal(averageOrder({ orders: 2, revenueMinor: -5 }), -3);
});

Deno.test("a summary adds what adds up, and tells the busiest minute of what doesn't", () => {
  const summary = summarise([
    point({ sessions: 10, users: 9, orders: 1, addToCarts: 2, revenueMinor: 100, status: "final" }),
    point({ sessions: 30, users: 20, orders: 3, addToCarts: 5, revenueMinor: 201, status: "restated" }),
    point({}),
  ]);
  assert.deepEqual(summary, {
    revenueMinor: 301,
    orders: 4,
    addToCarts: 7,
    averageOrder: 75,
    conversion: 0.1,
    mostSessions: 30,
    mostUsers: 20,
    statuses: { provisional: 1, final: 1, restated: 1 },
  });
});
