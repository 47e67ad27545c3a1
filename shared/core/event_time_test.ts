import assert from "node:assert/strict";
import fc from "fast-check";
import { formatEventTime, parseEventTime } from "./event_time.ts";

const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const anyTime = fc.integer({ min: 0, max: LATEST_MS });

Deno.test("every time that Date writes is read as Date reads it, and written back the same", () => {
  fc.assert(
    fc.property(anyTime, (timeMs) => {
      const text = new Date(timeMs).toISOString();
      const parsed = parseEventTime(text);
      assert.equal(parsed, timeMs);
      assert.equal(formatEventTime(parsed!), text);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("the first and the last day of every month from 1970 to 9999 is where Date has it", () => {
  for (let year = 1970; year <= 9999; year++) {
    for (let month = 0; month < 12; month++) {
      const first = Date.UTC(year, month, 1);
      const last = Date.UTC(year, month + 1, 1) - 1;
      assert.equal(parseEventTime(new Date(first).toISOString()), first);
      assert.equal(parseEventTime(new Date(last).toISOString()), last);
    }
  }
});

Deno.test("an offset is taken off, whatever it is", () => {
  const anyOffset = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 86_400_000, max: LATEST_MS - 86_400_000 }),
      anyOffset,
      (timeMs, minutes) => {
        const local = new Date(timeMs + minutes * 60_000).toISOString().slice(0, -1);
        const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0");
        const rest = String(Math.abs(minutes) % 60).padStart(2, "0");
        const sign = minutes < 0 ? "-" : "+";
        assert.equal(parseEventTime(`${local}${sign}${hours}:${rest}`), timeMs);
        assert.equal(parseEventTime(`${local}${sign}${hours}${rest}`), timeMs);
      },
    ),
  );
});

Deno.test("the other ways to write a time", () => {
  const nineThirty = Date.UTC(2026, 2, 1, 9, 30);
  const table: readonly (readonly [string, number])[] = [
    ["2026-03-01T09:30:00Z", nineThirty],
    ["2026-03-01T09:30Z", nineThirty],
    ["2026-03-01T09:30:00", nineThirty],
    ["2026-03-01T09:30:00.25", nineThirty + 250],
    ["2026-03-01T09:30:00.000", nineThirty],
    ["2026-03-01 09:30:00", nineThirty],
    ["2026-03-01t09:30:00z", nineThirty],
    ["2026-03-01T09:30:00,5Z", nineThirty + 500],
    ["2026-03-01T09:30:59.999999Z", nineThirty + 59_999],
    ["2026-03-01T11:30:00+02:00", nineThirty],
    ["2026-03-01T11:30:00+02", nineThirty],
    ["2026-03-01T04:00:00-0530", nineThirty],
    ["2026-02-28T24:00:00Z", Date.UTC(2026, 2, 1)],
    ["2026-02-28T24:00:00.000Z", Date.UTC(2026, 2, 1)],
    ["2024-02-29T00:00:00.000Z", Date.UTC(2024, 1, 29)],
    ["2000-02-29T00:00:00.000Z", Date.UTC(2000, 1, 29)],
    ["1970-01-01T00:00:00.000Z", 0],
    ["1969-12-31T23:00:00-01:00", 0],
  ];
  for (const [text, timeMs] of table) assert.equal(parseEventTime(text), timeMs, text);
});

Deno.test("what is not a date-time is refused", () => {
  const nonsense = [
    "",
    "yesterday",
    "2026-03-01",
    "2026-03",
    "1772357400000",
    "2026-13-01T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z",
    "2026-01-00T00:00:00.000Z",
    "2026-02-30T00:00:00.000Z",
    "2026-02-29T00:00:00.000Z",
    "2100-02-29T00:00:00.000Z",
    "2026-04-31T00:00:00.000Z",
    "2026-01-32T00:00:00.000Z",
    "2026-01-01T25:00:00.000Z",
    "2026-01-01T24:00:00.001Z",
    "2026-01-01T24:01:00.000Z",
    "2026-01-01T23:60:00.000Z",
    "2016-12-31T23:59:60.000Z",
    "2026-01-01T00:00:00.00xZ",
    "2026-01-01T00:00:00.000+24:00",
    "2026-01-01T00:00:00.000+01:60",
    "2026-01-01T00:00:00.000Z ",
    " 2026-01-01T00:00:00.000Z",
    "2026-1-1T00:00:00.000Z",
    "2026/01/01T00:00:00.000Z",
    "+002026-01-01T00:00:00.000Z",
    "-001-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:00:00.000+00:01",
    "9999-12-31T23:59:59.999-00:01",
    "２０２６-01-01T00:00:00.000Z",
  ];
  for (const text of nonsense) assert.equal(parseEventTime(text), undefined, JSON.stringify(text));
});

Deno.test("one changed character gives what Date gives, or nothing", () => {
  const valid = "2026-03-01T09:30:00.250Z";
  fc.assert(
    fc.property(
      fc.nat({ max: 23 }),
      fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 1 }),
      (at, character) => {
        const text = valid.slice(0, at) + character + valid.slice(at + 1);
        const parsed = parseEventTime(text);
        if (parsed !== undefined) {
          assert.equal(
            parsed,
            Date.parse(text.replace(",", ".").replace(/^(.{10})[t ]/, "$1T")),
          );
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
