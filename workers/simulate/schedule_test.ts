import assert from "node:assert/strict";
import fc from "fast-check";
import { rhythmicSchedule, steadySchedule, worldActivity } from "./schedule.ts";

const START_MS = Date.UTC(2025, 10, 17);
const DAY_SECONDS = 86_400;

const timesOf = (schedule: { times(): Iterator<number, undefined> }) => [...Iterator.from(schedule.times())];

Deno.test("a steady schedule has rate x seconds events, event i at i / rate seconds", () => {
  const extent = fc.record({
    rate: fc.integer({ min: 1, max: 2_000 }),
    seconds: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(fc.property(extent, ({ rate, seconds }) => {
    const schedule = steadySchedule(START_MS, rate, { seconds });
    const times = timesOf(schedule);
    assert.equal(times.length, rate * seconds);
    assert.equal(schedule.total, rate * seconds);
    times.forEach((timeMs, index) => assert.equal(timeMs, START_MS + Math.floor(index * 1_000 / rate)));
  }));
});

Deno.test("the shorter one of seconds and count ends a schedule, and neither makes it endless", () => {
  assert.equal(timesOf(steadySchedule(START_MS, 10, { seconds: 60, count: 7 })).length, 7);
  assert.equal(timesOf(steadySchedule(START_MS, 10, { seconds: 1, count: 700 })).length, 10);
  assert.equal(steadySchedule(START_MS, 10, {}).total, Infinity);
  assert.equal(rhythmicSchedule(START_MS, 10, {}).total, Infinity);
});

Deno.test("a rhythmic schedule has its average rate over a week", () => {
  const { total } = rhythmicSchedule(START_MS, 1, { seconds: 7 * DAY_SECONDS });
  assert.ok(Math.abs(total / (7 * DAY_SECONDS) - 1) < 0.01, `${total} events`);
});

Deno.test("a rhythmic schedule is busy when its visitors are awake", () => {
  const perHour = new Array<number>(24).fill(0);
  const schedule = rhythmicSchedule(START_MS, 1, { seconds: DAY_SECONDS });
  for (const timeMs of Iterator.from(schedule.times())) perHour[new Date(timeMs).getUTCHours()]!++;
  const busiest = perHour.indexOf(Math.max(...perHour));
  const quietest = perHour.indexOf(Math.min(...perHour));
  assert.ok(busiest >= 17 && busiest <= 21, `busiest hour is ${busiest}`);
  assert.ok(quietest >= 0 && quietest <= 5, `quietest hour is ${quietest}`);
  assert.ok(
    worldActivity(START_MS + busiest * 3_600_000) > 2 * worldActivity(START_MS + quietest * 3_600_000),
  );
});

Deno.test("times never go back and stay within the seconds", () => {
  const times = timesOf(rhythmicSchedule(START_MS, 5, { seconds: 600 }));
  assert.ok(times.every((timeMs, index) => index === 0 || timeMs >= times[index - 1]!));
  assert.ok(times.at(-1)! < START_MS + 600_000);
});
