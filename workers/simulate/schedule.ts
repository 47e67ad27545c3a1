import { activity } from "./daily_rhythm.ts";
import { COUNTRIES } from "./geography.ts";

/** How long the rate of a schedule with a rhythm stays the same. */
const RHYTHM_STEP_MS = 60_000;

/** When each event is meant to happen, fixed in advance: the open loop of a load that waits for nobody. */
export interface Schedule {
  /** How many events there are; Infinity for an endless one. */
  readonly total: number;
  /** Events a second, on average. */
  readonly rate: number;
  /** The times in order, milliseconds since the epoch. Each call begins anew. */
  times(): Iterator<number, undefined>;
}

/** How long a schedule is; without either it is endless. The shorter one counts. */
export interface Extent {
  readonly seconds?: number | undefined;
  readonly count?: number | undefined;
}

/** The same rate all the time: event i happens i / rate seconds after the start. */
export function steadySchedule(startMs: number, rate: number, { seconds, count }: Extent): Schedule {
  const total = Math.min(count ?? Infinity, seconds === undefined ? Infinity : Math.ceil(seconds * rate));
  return {
    total,
    rate,
    *times() {
      for (let index = 0; index < total; index++) yield startMs + Math.floor(index * 1_000 / rate);
      return undefined;
    },
  };
}

/** A rate that rises and falls with the visitors' days and weeks, and is `rate` on average over a week. */
export function rhythmicSchedule(startMs: number, rate: number, { seconds, count }: Extent): Schedule {
  const endMs = startMs + (seconds ?? Infinity) * 1_000;
  function* times(): Generator<number, undefined> {
    let timeMs = startMs;
    for (let stepMs = startMs; stepMs < endMs; stepMs += RHYTHM_STEP_MS) {
      const gapMs = 1_000 / (rate * worldActivity(stepMs));
      const untilMs = Math.min(stepMs + RHYTHM_STEP_MS, endMs);
      for (; timeMs < untilMs; timeMs += gapMs) yield Math.floor(timeMs);
    }
    return undefined;
  }
  const total = seconds === undefined ? Infinity : countOf(times());
  return { total: Math.min(total, count ?? Infinity), rate, times };
}

/** How busy the shop is, 1 on average over a week: the countries' rhythms by their weights. */
export function worldActivity(timeMs: number): number {
  const weights = COUNTRIES.reduce((sum, country) => sum + country.weight, 0);
  const busy = COUNTRIES.reduce(
    (sum, country) => sum + country.weight * activity(timeMs, country.utcOffsetHours),
    0,
  );
  return busy / weights;
}

function countOf(times: Iterable<number>): number {
  let count = 0;
  for (const _ of times) count++;
  return count;
}
