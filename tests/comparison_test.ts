import { deepEqual, equal } from "node:assert/strict";
import { differences, expectedMetrics } from "./comparison.ts";

const minute = {
  counts: new Map([["events", 5], ["purchases", 1]]),
  sessions: 3,
  unique_users: 2,
  by_currency: new Map([["KWD", { gross_revenue_minor: 1_500n, refund_amount_minor: 2_001n }]]),
};

Deno.test("a recounted minute takes the shape of the API's metrics", () => {
  const metrics = expectedMetrics(minute);
  deepEqual([metrics["events"], metrics["searches"], metrics["conversion_rate"]], [5, 0, 0.3333]);
  deepEqual(metrics["by_currency"], {
    KWD: {
      revenue: -0.501,
      revenue_minor: -501,
      gross_revenue: 1.5,
      gross_revenue_minor: 1_500,
      refund_amount: 2.001,
      refund_amount_minor: 2_001,
    },
  });
});

Deno.test("equal figures have no differences, whatever the order and whatever else is there", () => {
  deepEqual(differences("m", { a: 1, b: { c: 2, d: 3 } }, { z: 0, b: { d: 3, c: 2 }, a: 1 }), []);
});

Deno.test("a figure that is off, or missing, or one too many is named", () => {
  deepEqual(differences("m", { a: 1, b: 2, c: {} }, { a: 2, c: { EUR: 1 } }), [
    "m a: expected 1, found 2",
    "m b: expected 2, found nothing",
    'm c: expected {}, found {"EUR":1}',
  ]);
});

Deno.test("a minute without events is all zero", () => {
  equal(
    Object.values(expectedMetrics(undefined)).every((value) => value === 0 || typeof value === "object"),
    true,
  );
});
