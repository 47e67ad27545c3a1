import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { parseHistory, parseStore } from "./parameters.ts";
import { ProblemError } from "./problem.ts";

const NOW = Date.parse("2026-03-01T12:00:30Z");
const CURRENT = Date.parse("2026-03-01T12:00:00Z");

Deno.test("an hour is asked for where nothing is said, with the current minute as its last", () => {
  const { storeId, startMs, endMs, fill } = parseHistory({ fill: "true" }, NOW);
  assert.deepEqual([storeId, fill], ["default", true]);
  assert.equal(startMs, CURRENT - 59 * MINUTE_MS);
  assert.equal(endMs, CURRENT + MINUTE_MS);
});

Deno.test("minutes that a shop's clock is ahead are in the history when it isn't filled", () => {
  assert.equal(parseHistory({}, NOW).endMs, CURRENT + 6 * MINUTE_MS);
});

for (
  const [text, iso] of [
    ["2026-02-28T10:00:00Z", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28T10:00:00.250Z", "2026-02-28T10:00:00.250Z"],
    ["2026-02-28T10:00:00.250125+00:00", "2026-02-28T10:00:00.250Z"],
    ["2026-02-28T11:00:00+01:00", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28T10:00:00", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28", "2026-02-28T00:00:00.000Z"],
  ] as const
) {
  Deno.test(`start_time ${text} is ${iso}`, () => {
    const { startMs } = parseHistory({ start_time: text, end_time: "2026-03-01T00:00:00Z" }, NOW);
    assert.equal(new Date(startMs).toISOString(), iso);
  });
}

const range = { start_time: "2026-02-20T00:00:00Z", end_time: "2026-02-21T00:00:00Z" };
const bad: [Record<string, string>, number, string][] = [
  [{ minutes_back: "0" }, 400, "minutes_back"],
  [{ minutes_back: "10081" }, 400, "minutes_back"],
  [{ minutes_back: "1.5" }, 400, "minutes_back"],
  [{ minutes_back: "" }, 400, "minutes_back"],
  [{ store_id: "" }, 400, "store_id"],
  [{ ...range, start_time: "yesterday" }, 400, "start_time"],
  [{ ...range, end_time: "2026-02-30T00:00:00Z" }, 400, "end_time"],
  [{ ...range, end_time: range.start_time }, 400, "end_time"],
  [{ ...range, end_time: "2026-02-27T00:01:00Z" }, 400, "end_time"],
  [{ ...range, minutes_back: "5" }, 400, "minutes_back"],
  [{ start_time: range.start_time }, 400, "end_time"],
  [{ end_time: range.end_time }, 400, "start_time"],
  [{ step: "5m" }, 400, "step"],
  [{ step: "1h" }, 501, "step"],
  [{ fill: "yes" }, 400, "fill"],
];
for (const [query, status, parameter] of bad) {
  Deno.test(`${JSON.stringify(query)} is refused for ${parameter}`, () => {
    assert.throws(() => parseHistory(query, NOW), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.status, status);
      assert.deepEqual(error.problem.errors?.map((fault) => fault.parameter), [parameter]);
      return true;
    });
  });
}

Deno.test("seven days are asked for at most, and seven days may be", () => {
  assert.equal(
    parseHistory({ minutes_back: "10080" }, NOW).startMs,
    CURRENT - 10_079 * MINUTE_MS,
  );
});

Deno.test("a store may have any name", () => {
  assert.equal(parseStore({ store_id: "Zürich / Süd" }), "Zürich / Süd");
  assert.equal(parseStore({}), "default");
});
