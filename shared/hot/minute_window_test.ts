import assert from "node:assert/strict";
import { minuteDocument, partitionDocument, TEST_RULES } from "./minute_fixture.ts";
import { minuteWindow } from "./minute_window.ts";

const MINUTE = Date.parse("2026-03-01T12:00:00Z");

Deno.test("a minute is the sum of its partitions", () => {
  const window = minuteWindow(
    "default",
    MINUTE,
    [
      minuteDocument({
        minuteMs: MINUTE,
        partition: 0,
        counts: { events: 5, sessions: 2, users: 2, purchases: 1 },
        money: { EUR: { gross: 1999, refunds: 0 } },
        latencies: [10],
      }),
      minuteDocument({
        minuteMs: MINUTE,
        partition: 3,
        counts: { events: 7, sessions: 2, users: 1, purchases: 1 },
        money: { EUR: { gross: 1, refunds: 500 } },
        latencies: [20],
      }),
    ],
    { partitions: [], currency: "EUR" as never },
    TEST_RULES,
  );
  assert.equal(window._id, "2026-03-01T12:00:00.000Z");
  assert.equal(window.window_end, "2026-03-01T12:01:00.000Z");
  assert.equal(window.metrics.events, 12);
  assert.equal(window.metrics.sessions, 4);
  assert.equal(window.metrics.conversion_rate, 0.5);
  assert.equal(window.metrics.revenue, 15);
  assert.deepEqual(window.metrics.by_currency["EUR"]?.gross_revenue_minor, 2000);
  assert.equal(window.performance.latency_ms_p99, 20);
});

Deno.test("the processing time is the one of the newest write that had any", () => {
  const partitions = [
    partitionDocument({ _id: 0, written: new Date(1), processing_time_ms: 70 }),
    partitionDocument({ _id: 1, written: new Date(2), processing_time_ms: 40 }),
    partitionDocument({ _id: 2, written: new Date(3), processing_time_ms: null }),
  ];
  const window = minuteWindow(
    "default",
    MINUTE,
    [],
    { partitions, currency: undefined },
    TEST_RULES,
  );
  assert.equal(window.performance.processing_time, 40);
});
