/** When something happened at the shop, in milliseconds since the epoch, UTC. */
export type EventTimeMs = number & { readonly __brand: "EventTimeMs" };

const DAY_MS = 86_400_000;
/** From 0000-03-01, where the years of {@link dayStart} begin, plus one, as days of a month begin with 1. */
const DAYS_TO_1970 = 719_469;
/** 9999-12-31T23:59:59.999Z; later years need six digits and a sign in ISO 8601. */
const LATEST_MS = 253_402_300_799_999;

/** Makes every number that it takes part in negative, while that stays a small integer. */
const NOT_A_DIGIT = -100_000;

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/**
 * Reads an ISO 8601 date-time: `2026-03-01T09:30:00.250Z`, without seconds or with any number of decimals (what is
 * finer than a millisecond is cut off, so that no event moves into the next minute), with `Z`, an offset such as
 * `+02:00`, or neither, which means UTC. A space in place of the `T` is taken, as in RFC 3339.
 *
 * Undefined for anything else: a bare date, a day that the month does not have, a leap second (as with `Date`), and
 * times outside 1970-01-01 to 9999-12-31 UTC. `24:00:00` is the midnight that ends the day.
 */
export function parseEventTime(text: string): EventTimeMs | undefined {
  return parsePlain(text) ?? parseAny(text);
}

/**
 * Reads the form that nearly every event has, `YYYY-MM-DDTHH:mm:ss.sssZ`, from 24 bytes of ASCII; undefined for
 * anything else, which {@link parseEventTime} may still know how to read.
 */
export function plainEventTime(bytes: Uint8Array, at: number): EventTimeMs | undefined {
  if (
    bytes[at + 23] !== 90 || bytes[at + 19] !== 46 || bytes[at + 16] !== 58 || bytes[at + 13] !== 58 ||
    bytes[at + 10] !== 84 || bytes[at + 7] !== 45 || bytes[at + 4] !== 45
  ) return undefined;
  const two = (from: number) => digitOf(bytes[at + from]!) * 10 + digitOf(bytes[at + from + 1]!);
  const dayMs = dayStart(two(0) * 100 + two(2), two(5), two(8));
  const millisecond = two(20) * 10 + digitOf(bytes[at + 22]!);
  return timeOf(dayMs, two(11), two(14), two(17), millisecond, 0);
}

/** Writes a time as ISO 8601 with milliseconds in UTC, the form that is read fastest. */
export function formatEventTime(timeMs: EventTimeMs): string {
  return new Date(timeMs).toISOString();
}

/** The form that nearly every event has, `YYYY-MM-DDTHH:mm:ss.sssZ`, without a regular expression. */
function parsePlain(text: string): EventTimeMs | undefined {
  if (
    text.length !== 24 || text.charCodeAt(23) !== 90 || text.charCodeAt(19) !== 46 ||
    text.charCodeAt(16) !== 58 || text.charCodeAt(13) !== 58 || text.charCodeAt(10) !== 84 ||
    text.charCodeAt(7) !== 45 || text.charCodeAt(4) !== 45
  ) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const millisecond = twoDigits(text, 20) * 10 + digit(text, 22);
  const dayMs = dayStart(year, twoDigits(text, 5), twoDigits(text, 8));
  return timeOf(dayMs, twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17), millisecond, 0);
}

function parseAny(text: string): EventTimeMs | undefined {
  const parts = ISO_8601.exec(text);
  if (parts === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = "0",
    fraction = "0",
    sign,
    offsetHour,
    offsetMinute = "0",
  ] = parts;
  const dayMs = dayStart(Number(year), Number(month), Number(day));
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const offsetMinutes = offsetOf(sign, Number(offsetHour), Number(offsetMinute));
  return timeOf(dayMs, Number(hour), Number(minute), Number(second), millisecond, offsetMinutes);
}

/** Minutes ahead of UTC; NaN where there is no such offset. */
function offsetOf(sign: string | undefined, hours: number, minutes: number): number {
  if (sign === undefined) return 0;
  if (hours > 23 || minutes > 59) return NaN;
  return (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** Puts the parts together. One that is negative or NaN is a part that could not be read. */
function timeOf(
  dayMs: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
  offsetMinutes: number,
): EventTimeMs | undefined {
  if (hour < 0 || minute < 0 || second < 0 || millisecond < 0 || minute > 59 || second > 59) return undefined;
  if (hour > 23 && !(hour === 24 && minute === 0 && second === 0 && millisecond === 0)) return undefined;
  const timeMs = dayMs + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1_000 + millisecond;
  return timeMs >= 0 && timeMs <= LATEST_MS ? timeMs as EventTimeMs : undefined;
}

/**
 * The start of a day of the Gregorian calendar; NaN where there is no such day. After Howard Hinnant's
 * `days_from_civil` (https://howardhinnant.github.io/date_algorithms.html): with the year beginning in March, the
 * leap day is the last one, and the days before a month lie on a straight line.
 */
function dayStart(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NaN;
  const marchYear = month > 2 ? year : year - 1;
  const daysBeforeMonth = whole((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  const leapDays = whole(marchYear / 4) - whole(marchYear / 100) + whole(marchYear / 400);
  return (marchYear * 365 + leapDays + daysBeforeMonth + day - DAYS_TO_1970) * DAY_MS;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The whole part of a small positive number, which the engine turns into a division of integers. */
function whole(quotient: number): number {
  return quotient | 0;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  return digitOf(text.charCodeAt(at));
}

function digitOf(character: number): number {
  const value = character - 48;
  return value >= 0 && value <= 9 ? value : NOT_A_DIGIT;
}
