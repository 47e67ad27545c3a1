import { z } from "zod";
import { MINUTE_MS } from "@countinghouse/core";
import { type ParameterFault, ProblemError } from "./problem.ts";

/** A shop's clock may be ahead by so much before its events are counted at another time. */
export const AHEAD_MS = 5 * MINUTE_MS;
/** What is wrong with a time that is none. */
export const ISO_TIME = "must be a time in ISO 8601, such as 2026-03-01T12:00:00Z";

/** A day, or a day and a time; without a zone it is UTC. Answers milliseconds since the epoch. */
export const time = z.string().transform((text, context) => {
  const isDay = z.iso.date().safeParse(text).success;
  const isTime = z.iso.datetime({ offset: true, local: true }).safeParse(text).success;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  if (isDay || isTime) return Date.parse(isDay || hasZone ? text : `${text}Z`);
  context.addIssue(ISO_TIME);
  return z.NEVER;
});

/** The name of a store; "default" when none is given. */
export const storeId = z.string().min(1, "must not be empty").max(256, "must have at most 256 characters")
  .default("default");

/** A whole number from 1 to `most`. */
export function wholeNumber(most: number) {
  const problem = `must be a whole number from 1 to ${most}`;
  return z.string().regex(/^\d{1,9}$/, problem).transform(Number)
    .pipe(z.number().min(1, problem).max(most, problem));
}

const storeParameters = z.object({ store_id: storeId });

/**
 * The store that a request is about; "default" when it names none.
 *
 * @throws {ProblemError} when it can't be one.
 */
export function parseStore(query: Readonly<Record<string, string>>): string {
  return parse(storeParameters, query).store_id;
}

/**
 * Reads parameters by a schema.
 *
 * @throws {ProblemError} naming each one that can't be used.
 */
export function parse<Shape extends z.ZodType>(
  schema: Shape,
  query: Readonly<Record<string, string>>,
): z.infer<Shape> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const reasons = new Map(parsed.error.issues.map(({ path, message }) => [String(path[0]), message]));
  throw badParameters([...reasons].map(([parameter, reason]) => ({ parameter, reason })));
}

/** The problem of parameters that can't be used. */
export function badParameters(errors: readonly ParameterFault[]): ProblemError {
  const detail = errors.map(({ parameter, reason }) => `${parameter} ${reason}`).join("; ");
  return new ProblemError({ title: "Bad parameters", status: 400, detail, errors });
}
