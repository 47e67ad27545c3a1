import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { minuteDocument, partitionDocument, TEST_RULES } from "./minute_fixture.ts";
import { minuteStatus, minuteWindow } from "./minute_window.ts";

const MINUTE = Date.parse("2026-03-01T12:00:00Z");
const END = MINUTE + MINUTE_MS;
const LATE_ENOUGH = END + TEST_RULES.allowedLatenessMs;

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
    { partitions: [], currency: "EUR" as never, nowMs: END },
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
    { partitions, currency: undefined, nowMs: END },
    TEST_RULES,
  );
  assert.equal(window.performance.processing_time, 40);
});

const passed = partitionDocument({ _id: 0, through: 5, end: 9, watermark: new Date(END) });
const behind = partitionDocument({ _id: 1, through: 5, end: 9, watermark: new Date(END - 1) });
const idle = partitionDocument({ _id: 1, through: 9, end: 9, written: new Date(LATE_ENOUGH - 1_000) });
const open = (partition: number) => minuteDocument({ minuteMs: MINUTE, partition });
const closed = (partition: number, restatements = 0) =>
  minuteDocument({ minuteMs: MINUTE, partition, closed: true, restatements });

const cases = [
  { name: "no partition has reported yet", partitions: [], documents: [open(0)], is: "provisional" },
  { name: "every watermark has passed its end", partitions: [passed], documents: [open(0)], is: "final" },
  {
    name: "one watermark is a millisecond short",
    partitions: [passed, behind],
    documents: [open(0)],
    is: "provisional",
  },
  {
    name: "the one that is short has closed its document",
    partitions: [passed, behind],
    documents: [open(0), closed(1)],
    is: "final",
  },
  {
    name: "the silent partition is caught up, after the allowed lateness",
    partitions: [passed, idle],
    documents: [open(0)],
    is: "final",
  },
  {
    name: "the silent partition is caught up, a millisecond before it",
    partitions: [passed, idle],
    documents: [open(0)],
    nowMs: LATE_ENOUGH - 1,
    is: "provisional",
  },
  {
    name: "the silent partition's report is too old to be believed",
    partitions: [passed, idle],
    documents: [open(0)],
    nowMs: LATE_ENOUGH + TEST_RULES.caughtUpTrustMs,
    is: "provisional",
  },
  {
    name: "it has a document of a partition that has not reported",
    partitions: [passed],
    documents: [open(0), open(1)],
    is: "provisional",
  },
  {
    name: "it was corrected after it closed",
    partitions: [passed],
    documents: [closed(0, 2)],
    is: "restated",
  },
  {
    name: "it was corrected, and another partition is still open",
    partitions: [passed, behind],
    documents: [closed(0, 2), open(1)],
    is: "provisional",
  },
] as const;

for (const { name, partitions, documents, is, ...rest } of cases) {
  Deno.test(`a minute is ${is} when ${name}`, () => {
    const nowMs = "nowMs" in rest ? rest.nowMs : LATE_ENOUGH;
    assert.equal(minuteStatus(MINUTE, documents, { partitions, nowMs }, TEST_RULES), is);
  });
}
