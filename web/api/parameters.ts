import { z } from "zod";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import type { MinuteRange } from "@countinghouse/hot";
import { type ParameterFault, ProblemError } from "./problem.ts";

/** The most minutes that one answer holds: seven days, which is the hot retention. */
export const MOST_MINUTES = 7 * 24 * 60;
const DEFAULT_MINUTES = 60;
/** A shop's clock may be ahead by so much before its events are counted at another time. */
const AHEAD_MS = 5 * MINUTE_MS;

const WHOLE_NUMBER = `must be a whole number from 1 to ${MOST_MINUTES}`;
const ISO_TIME = "must be a time in ISO 8601, such as 2026-03-01T12:00:00Z";

/** A day, or a day and a time; without a zone it is UTC. Answers milliseconds since the epoch. */
const time = z.string().transform((text, context) => {
  const isDay = z.iso.date().safeParse(text).success;
  const isTime = z.iso.datetime({ offset: true, local: true }).safeParse(text).success;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  if (isDay || isTime) return Date.parse(isDay || hasZone ? text : `${text}Z`);
  context.addIssue(ISO_TIME);
  return z.NEVER;
});

const storeId = z.string().min(1, "must not be empty").max(256, "must have at most 256 characters")
  .default("default");

const storeParameters = z.object({ store_id: storeId });

const historyParameters = z.object({
  store_id: storeId,
  minutes_back: z.string().regex(/^\d{1,9}$/, WHOLE_NUMBER).transform(Number)
    .pipe(z.number().min(1, WHOLE_NUMBER).max(MOST_MINUTES, WHOLE_NUMBER)).optional(),
  start_time: time.optional(),
  end_time: time.optional(),
  step: z.enum(["1m", "1h", "1d"], { error: "must be 1m, 1h or 1d" }).default("1m"),
  fill: z.enum(["true", "false"], { error: "must be true or false" }).default("false"),
});

/**
 * The store that a request is about; "default" when it names none.
 *
 * @throws {ProblemError} when it can't be one.
 */
export function parseStore(query: Readonly<Record<string, string>>): string {
  return parse(storeParameters, query).store_id;
}

/**
 * The minutes that a request for history is about: the last `minutes_back`, with the current one and any that the
 * shops' clocks are ahead of it, or those that start in [start_time, end_time).
 *
 * @throws {ProblemError} naming each parameter that can't be used.
 */
export function parseHistory(query: Readonly<Record<string, string>>, nowMs: number): MinuteRange {
  const { store_id, minutes_back, start_time, end_time, step, fill } = parse(historyParameters, query);
  if (step !== "1m") {
    throw new ProblemError({
      title: "Not served yet",
      status: 501,
      detail:
        `Cannot answer in steps of ${step}: users of several minutes can't be added up, and only 1m is served`,
      errors: [{ parameter: "step", reason: "only 1m is served so far" }],
    });
  }
  const shown = { storeId: store_id, fill: fill === "true" };
  if (start_time === undefined && end_time === undefined) {
    const current = minuteStart(nowMs);
    const startMs = current - ((minutes_back ?? DEFAULT_MINUTES) - 1) * MINUTE_MS;
    return { ...shown, startMs, endMs: current + MINUTE_MS + (shown.fill ? 0 : AHEAD_MS) };
  }
  if (minutes_back !== undefined) {
    throw badParameters([{
      parameter: "minutes_back",
      reason: "can't be given with start_time or end_time",
    }]);
  }
  if (start_time === undefined || end_time === undefined) {
    const parameter = start_time === undefined ? "start_time" : "end_time";
    throw badParameters([{ parameter, reason: "is missing: start_time and end_time are given together" }]);
  }
  if (end_time <= start_time) {
    throw badParameters([{ parameter: "end_time", reason: "must be after start_time" }]);
  }
  if (end_time - start_time > MOST_MINUTES * MINUTE_MS) {
    const reason = `must be at most ${MOST_MINUTES} minutes after start_time`;
    throw badParameters([{ parameter: "end_time", reason }]);
  }
  return { ...shown, startMs: start_time, endMs: end_time };
}

function parse<Shape extends z.ZodType>(
  schema: Shape,
  query: Readonly<Record<string, string>>,
): z.infer<Shape> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const reasons = new Map(parsed.error.issues.map(({ path, message }) => [String(path[0]), message]));
  throw badParameters([...reasons].map(([parameter, reason]) => ({ parameter, reason })));
}

function badParameters(errors: readonly ParameterFault[]): ProblemError {
  const detail = errors.map(({ parameter, reason }) => `${parameter} ${reason}`).join("; ");
  return new ProblemError({ title: "Bad parameters", status: 400, detail, errors });
}
