import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { MOST_WINDOWS, parseHistory } from "./history_parameters.ts";
import { ProblemError } from "./problem.ts";

const NOW = Date.parse("2026-03-01T12:00:30Z");
const CURRENT = Date.parse("2026-03-01T12:00:00Z");

/** The query of an address. */
function queryOf(text: string): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) (query[name] ??= []).push(value);
  return query;
}

/** The windows asked for, as ISO 8601: how many, the first one's start, and the last one's end. */
function windowsOf(text: string): readonly [number, string | undefined, string | undefined] {
  const { windows } = parseHistory(queryOf(text), NOW);
  const iso = (timeMs: number | undefined) =>
    timeMs === undefined ? undefined : new Date(timeMs).toISOString();
  return [windows.length, iso(windows[0]?.fromMs), iso(windows.at(-1)?.toMs)];
}

Deno.test("an hour of minutes is asked for where nothing is said, with the current one as its last", () => {
  const { storeId, step, fill, filter, windows } = parseHistory({ fill: ["true"] }, NOW);
  assert.deepEqual([storeId, step, fill, filter], ["default", "1m", true, {}]);
  assert.equal(windows[0]?.fromMs, CURRENT - 59 * MINUTE_MS);
  assert.equal(windows.at(-1)?.toMs, CURRENT + MINUTE_MS);
});

Deno.test("minutes that a shop's clock is ahead are in the history when it isn't filled", () => {
  assert.equal(parseHistory({}, NOW).windows.at(-1)?.toMs, CURRENT + 6 * MINUTE_MS);
});

const asked: readonly (readonly [string, ReturnType<typeof windowsOf>])[] = [
  ["minutes_back=10080&fill=true", [10_080, "2026-02-22T12:01:00.000Z", "2026-03-01T12:01:00.000Z"]],
  ["step=1h&fill=true", [2, "2026-03-01T11:00:00.000Z", "2026-03-01T13:00:00.000Z"]],
  ["step=1d&minutes_back=1&tz=Asia/Tokyo", [1, "2026-02-28T15:00:00.000Z", "2026-03-01T15:00:00.000Z"]],
  [
    "step=1d&tz=Europe/Berlin&start_time=2025-01-01&end_time=2026-01-01",
    [365, "2024-12-31T23:00:00.000Z", "2025-12-31T23:00:00.000Z"],
  ],
  [
    "step=1d&tz=Europe/Berlin&start_time=2025-01-01T00:00:00Z&end_time=2025-01-03T00:00:00Z",
    [2, "2025-01-01T23:00:00.000Z", "2025-01-03T23:00:00.000Z"],
  ],
  [
    "step=1h&tz=Europe/Berlin&start_time=2026-03-29&end_time=2026-03-30",
    [23, "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ],
  [
    "step=1h&tz=Europe/Berlin&start_time=2025-10-26&end_time=2025-10-27",
    [25, "2025-10-25T22:00:00.000Z", "2025-10-26T23:00:00.000Z"],
  ],
  [
    "step=1h&start_time=2025-02-01&end_time=2026-02-01",
    [8_760, "2025-02-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"],
  ],
];
for (const [query, windows] of asked) {
  Deno.test(`${query} is ${windows.join(", ")}`, () => assert.deepEqual(windowsOf(query), windows));
}

for (
  const [text, iso] of [
    ["2026-02-28T10:00:00Z", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28T10:00:00.250125+00:00", "2026-02-28T10:01:00.000Z"],
    ["2026-02-28T11:00:00+01:00", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28T10:00:00", "2026-02-28T10:00:00.000Z"],
    ["2026-02-28", "2026-02-28T00:00:00.000Z"],
  ] as const
) {
  Deno.test(`from start_time ${text} the first minute is ${iso}`, () => {
    const query = new URLSearchParams({ start_time: text, end_time: "2026-03-01T00:00:00Z" });
    assert.equal(windowsOf(query.toString())[1], iso);
  });
}

Deno.test("filters are any of the values of each field", () => {
  const { filter } = parseHistory(queryOf("country=DE&country=FR&device=mobile&product_id=p%201"), NOW);
  assert.deepEqual(filter, { country: ["DE", "FR"], device: ["mobile"], product_id: ["p 1"] });
});

const range = "start_time=2026-02-20T00:00:00Z&end_time=";
const refused: readonly (readonly [string, string, RegExp])[] = [
  ["minutes_back=0", "minutes_back", /from 1 to 10080/],
  ["minutes_back=10081", "minutes_back", /from 1 to 10080/],
  ["minutes_back=1.5", "minutes_back", /whole number/],
  ["minutes_back=", "minutes_back", /whole number/],
  ["minutes_back=5&minutes_back=6", "minutes_back", /once/],
  ["store_id=", "store_id", /empty/],
  ["start_time=yesterday&end_time=2026-02-21", "start_time", /ISO 8601/],
  [`${range}2026-02-30T00:00:00Z`, "end_time", /ISO 8601/],
  [`${range}2026-02-20T00:00:00Z`, "end_time", /after start_time/],
  [`${range}2026-02-27T00:01:00Z`, "end_time", new RegExp(`at most ${MOST_WINDOWS} windows of 1m`)],
  ["start_time=0001-01-01&end_time=9999-01-01&step=1d", "end_time", /at most/],
  [`${range}2026-02-21T00:00:00Z&minutes_back=5`, "minutes_back", /start_time/],
  ["start_time=2026-02-20", "end_time", /missing/],
  ["end_time=2026-02-20", "start_time", /missing/],
  ["step=5m", "step", /1m, 1h or 1d/],
  ["fill=yes", "fill", /true or false/],
  ["tz=Mars/Olympus", "tz", /IANA/],
  ["tz=", "tz", /IANA/],
  ["colour=red", "colour", /filtered by country, city/],
  ["country=", "country", /empty/],
];
for (const [query, parameter, reason] of refused) {
  Deno.test(`${query} is refused for ${parameter}`, () => {
    assert.throws(() => parseHistory(queryOf(query), NOW), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.status, 400);
      assert.deepEqual(error.problem.errors?.map((fault) => fault.parameter), [parameter]);
      assert.match(error.problem.detail, reason);
      return true;
    });
  });
}
