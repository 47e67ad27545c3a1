const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How busy each local hour is, from midnight on: a trough at 4, a bump at lunch, the peak at 20 to 21. */
const HOURS = normalised([
  0.45,
  0.28,
  0.18,
  0.13,
  0.12,
  0.18,
  0.35,
  0.6,
  0.85,
  1.0,
  1.1,
  1.2,
  1.3,
  1.25,
  1.1,
  1.1,
  1.15,
  1.25,
  1.4,
  1.65,
  1.85,
  1.75,
  1.35,
  0.85,
]);

/** How busy each local day is, from Sunday on. */
const DAYS = normalised([1.2, 1.05, 0.95, 0.92, 0.92, 0.93, 1.1]);

/** How the share of phones changes over the day: on the way to work, in the evening and in bed. */
const PHONES = [
  0.78,
  0.8,
  0.8,
  0.78,
  0.75,
  0.72,
  0.72,
  0.7,
  0.62,
  0.52,
  0.48,
  0.48,
  0.56,
  0.52,
  0.48,
  0.48,
  0.52,
  0.6,
  0.66,
  0.68,
  0.68,
  0.7,
  0.74,
  0.77,
];

/** Hours and days shifted so that a local time is read as if it were UTC. */
function local(timeMs: number, utcOffsetHours: number): { hour: number; day: number } {
  const shifted = timeMs + utcOffsetHours * HOUR_MS;
  return {
    hour: positiveModulo(shifted, DAY_MS) / HOUR_MS,
    // The epoch was a Thursday.
    day: positiveModulo(Math.floor(shifted / DAY_MS) + 4, 7),
  };
}

/** How busy a place is at this time, 1 on average over a week; it moves smoothly from hour to hour. */
export function activity(timeMs: number, utcOffsetHours: number): number {
  const { hour, day } = local(timeMs, utcOffsetHours);
  const at = Math.floor(hour);
  const towardsNext = hour - at;
  return (HOURS[at]! * (1 - towardsNext) + HOURS[(at + 1) % 24]! * towardsNext) * DAYS[day]!;
}

/** The share of visitors who come by phone or tablet, at this time in a place. */
export function mobileShare(timeMs: number, utcOffsetHours: number): number {
  return PHONES[Math.floor(local(timeMs, utcOffsetHours).hour)]!;
}

/** How ready people are to buy, 1 on average: they look by day and buy in the evening. */
export function readinessToBuy(timeMs: number, utcOffsetHours: number): number {
  const { hour } = local(timeMs, utcOffsetHours);
  return 1 + 0.25 * Math.cos((hour - 20) / 24 * 2 * Math.PI);
}

function normalised(weights: readonly number[]): number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}

function positiveModulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
