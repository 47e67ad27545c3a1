import assert from "node:assert/strict";
import { statusText, summaryText } from "./status_text.ts";

const BEFORE = { sent: 10_000, acknowledged: 10_000, skipped: 0, lagMs: 10, worstLagMs: 20 };

Deno.test("the status tells the rate reached since the last look", () => {
  const now = { ...BEFORE, sent: 20_100, acknowledged: 20_000, lagMs: 12 };
  assert.equal(
    statusText(2_000, BEFORE, now, 5_000),
    "2,000 of 2,000 events/s, sent 20,100, acknowledged 20,000, behind by 0.01 s",
  );
});

Deno.test("the status says when the schedule can't be kept, and what had to be skipped", () => {
  const late = { ...BEFORE, acknowledged: 15_000, lagMs: 2_500 };
  assert.match(
    statusText(2_000, BEFORE, late, 5_000),
    /^cannot keep the schedule: 1,000 of .* behind by 2.50 s$/,
  );
  const full = { ...BEFORE, skipped: 7 };
  assert.match(statusText(2_000, BEFORE, full, 5_000), /^cannot keep the schedule: .*, skipped 7$/);
  assert.match(statusText(2_000, full, full, 5_000), /^0 of 2,000 .*, skipped 7$/);
});

Deno.test("the summary tells the whole run", () => {
  const end = { sent: 120_000, acknowledged: 120_000, skipped: 3, lagMs: 0, worstLagMs: 31_000 };
  assert.equal(
    summaryText(end, 60_000),
    "acknowledged 120,000 of 120,000 sent events in 60 s (2,000/s), behind by at most 31 s, skipped 3",
  );
});
