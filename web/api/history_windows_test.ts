import assert from "node:assert/strict";
import fc from "fast-check";
import { calendarWindows, isTimeZone, STEPS, windowStartOf } from "./history_windows.ts";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Africa/Casablanca",
] as const;
const DAY_MS = 86_400_000;

const zone = fc.constantFrom(...ZONES);
const time = fc.integer({ min: Date.parse("2005-01-01"), max: Date.parse("2030-01-01") });

/** What a zone's clocks show, by another way than the code takes. */
function clockAt(zone: string, timeMs: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" })
    .format(timeMs);
}

Deno.test("windows follow one another without gaps, and start in the range", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("1h" as const, "1d" as const),
      zone,
      time,
      fc.nat({ max: 30 }),
      (step, zone, fromMs, days) => {
        const toMs = fromMs + days * DAY_MS;
        const windows = calendarWindows(step, zone, fromMs, toMs);
        windows.forEach(({ fromMs: startMs, toMs: endMs }, at) => {
          assert.ok(startMs >= fromMs && startMs < toMs && endMs > startMs);
          assert.equal(windows[at + 1]?.fromMs ?? endMs, endMs);
        });
      },
    ),
  );
});

Deno.test("every time of a day's window has the day's date, and the one before it has not", () => {
  fc.assert(
    fc.property(
      zone,
      time,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (zone, fromMs, share) => {
        const dateAt = (timeMs: number) => clockAt(zone, timeMs).slice(0, 10);
        for (
          const { fromMs: startMs, toMs: endMs } of calendarWindows("1d", zone, fromMs, fromMs + 3 * DAY_MS)
        ) {
          assert.equal(dateAt(startMs + Math.floor(share * (endMs - startMs))), dateAt(startMs));
          assert.equal(dateAt(endMs - 1), dateAt(startMs));
          assert.notEqual(dateAt(startMs - 1), dateAt(startMs));
        }
      },
    ),
  );
});

Deno.test("an hour's window starts where the clocks show a full hour", () => {
  fc.assert(
    fc.property(zone, time, (zone, fromMs) => {
      for (const { fromMs: startMs } of calendarWindows("1h", zone, fromMs, fromMs + 2 * DAY_MS)) {
        assert.match(clockAt(zone, startMs), /:00:00$/);
      }
    }),
  );
});

Deno.test("the window that a time lies in is the one that starts last before it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...STEPS), zone, time, (step, zone, timeMs) => {
      const startMs = windowStartOf(step, zone, timeMs);
      const [window] = calendarWindows(step, zone, startMs, startMs + 1);
      assert.ok(window !== undefined && window.fromMs <= timeMs && timeMs < window.toMs);
    }),
  );
});

const hoursOf = (zone: string, day: string) => {
  const dayMs = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
  const [window] = calendarWindows("1d", zone, dayMs, dayMs + 1);
  return (window!.toMs - window!.fromMs) / 3_600_000;
};
for (
  const [zone, day, hours] of [
    ["Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin", "2026-10-25", 25],
    ["America/Sao_Paulo", "2018-11-04", 23],
    ["Australia/Lord_Howe", "2026-04-05", 24.5],
    ["Asia/Kolkata", "2026-03-29", 24],
  ] as const
) {
  Deno.test(`${day} in ${zone} has ${hours} hours`, () => assert.equal(hoursOf(zone, day), hours));
}

Deno.test("a day that a zone left out has no window: Samoa had no 30 December 2011", () => {
  const windows = calendarWindows(
    "1d",
    "Pacific/Apia",
    Date.parse("2011-12-29T10:00Z"),
    Date.parse("2012-01-01T10:00Z"),
  );
  assert.deepEqual(
    windows.map(({ fromMs }) => clockAt("Pacific/Apia", fromMs).slice(0, 10)),
    ["2011-12-29", "2011-12-31", "2012-01-01"],
  );
});

Deno.test("a zone is one of the IANA database", () => {
  assert.deepEqual(["Europe/Berlin", "UTC", "Mars/Olympus", ""].map(isTimeZone), [true, true, false, false]);
});
