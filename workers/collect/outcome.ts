import type { Refusal } from "@countinghouse/core";
import { problemResponse } from "./problem.ts";

/** An event that was refused: its place in the request, and why. */
export interface RefusedEvent extends Refusal {
  /** From 0, among the events of the request. */
  readonly index: number;
  readonly event_id?: string;
}

/** What became of a request's events. By then the broker has acknowledged all of it, the refused ones too. */
export interface Outcome {
  readonly accepted: number;
  readonly errors: readonly RefusedEvent[];
  /** Messages that are no events of a shop. */
  readonly ignored: number;
}

/** The counts and the errors, as the answers of all routes have them. */
export function outcomeJson({ accepted, errors, ignored }: Outcome) {
  return { accepted, rejected: errors.length, ...(ignored === 0 ? {} : { ignored }), errors };
}

/** An answer with a body, or an empty one, that no cache keeps. */
export function freshJson(json: unknown, status: number): Response {
  return Response.json(json, { status, headers: { "cache-control": "no-store" } });
}

/** True when events were sent and none of them is one: then the request is wrong as a whole. */
export function isAllRefused({ accepted, errors, ignored }: Outcome): boolean {
  return accepted === 0 && ignored === 0 && errors.length > 0;
}

/** 400 for a request of which no event could be accepted; they are kept as dead letters all the same. */
export function allRefused(outcome: Outcome): Response {
  return problemResponse({
    status: 400,
    title: "No event accepted",
    detail: outcome.errors[0]?.reason ?? "",
    extensions: outcomeJson(outcome),
  });
}
