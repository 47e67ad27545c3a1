import type { Logger } from "@countinghouse/shared/telemetry";
import { type Admission, admit, type Arrival } from "./admit.ts";
import { BodyReader } from "./body.ts";
import type { Candidate } from "./candidate.ts";
import type { CollectOptions } from "./collect_options.ts";
import { type CollectMetrics } from "./collect_metrics.ts";
import { FrontDoor } from "./front_door.ts";
import type { Outcome } from "./outcome.ts";
import { type Problem, problemResponse } from "./problem.ts";
import { RateLimit } from "./rate_limit.ts";
import { identify } from "./sender.ts";
import { visitorOf } from "./visitor.ts";

/** What a route reads out of a body, or why it can't. */
export type Read =
  | { readonly ok: true; readonly candidates: readonly Candidate[]; readonly ignored?: number }
  | { readonly ok: false; readonly problem: Problem };

/** What is particular to a route. */
export interface Route {
  read(body: Uint8Array<ArrayBuffer>, request: Request, receivedMs: number): Read | Promise<Read>;
  /** The answer once everything is acknowledged. */
  answer(outcome: Outcome): Response;
}

/**
 * The way of a request, the same for all routes: who sends it, whether that is too much, its body, its events, each
 * decided about; then the log, and only then the answer.
 */
export class Intake {
  readonly #options: CollectOptions;
  readonly #logger: Logger;
  readonly #metrics: CollectMetrics;
  readonly #rate: RateLimit;
  readonly #bodies: BodyReader;
  readonly #door: FrontDoor;

  constructor(options: CollectOptions, metrics: CollectMetrics) {
    this.#options = options;
    this.#logger = options.logger;
    this.#metrics = metrics;
    this.#rate = new RateLimit(options.limits.eventsPerSecond, options.now);
    this.#bodies = new BodyReader(options.limits);
    this.#door = new FrontDoor({ ...options, ackTimeoutMs: options.limits.ackTimeoutMs });
  }

  /** Answers a request. */
  async handle(request: Request, route: Route): Promise<Response> {
    const response = await this.#handle(request, route);
    this.#metrics.answered(response.status);
    return response;
  }

  async #handle(request: Request, route: Route): Promise<Response> {
    const { keys, reachable, now, countryHeaders, pseudonymise, limits } = this.#options;
    const identified = await identify(request, keys, reachable, now());
    if (!identified.ok) return await turnedAway(request, identified.problem);
    const { sender } = identified;
    const waitMs = this.#rate.waitMs(sender.name);
    if (waitMs > 0) return await turnedAway(request, tooManyEvents(waitMs));

    const body = await this.#bodies.read(request);
    if (!body.ok) return problemResponse(body.problem);
    try {
      const receivedMs = now();
      const read = await route.read(body.bytes, request, receivedMs);
      if (!read.ok) return problemResponse(read.problem);
      const { candidates, ignored = 0 } = read;
      this.#rate.charge(sender.name, Math.max(1, candidates.length));
      if (candidates.length > limits.maxEventsPerRequest) {
        return problemResponse(tooLong(candidates.length, limits.maxEventsPerRequest));
      }
      const receivedAt = new Date(receivedMs).toISOString();
      const visitor = visitorOf(request.headers, countryHeaders);
      const outcome = await this.#store(candidates, { receivedAt, sender, visitor, pseudonymise });
      return outcome === undefined ? problemResponse(BROKER_AWAY) : route.answer({ ...outcome, ignored });
    } finally {
      body.release();
    }
  }

  /** Undefined when the broker has not acknowledged. */
  async #store(
    candidates: readonly Candidate[],
    arrival: Arrival,
  ): Promise<Omit<Outcome, "ignored"> | undefined> {
    const admissions = await Promise.all(candidates.map((candidate) => admit(candidate, arrival)));
    const events = admissions.filter((admission) => admission.kind === "accepted");
    const refused = admissions.flatMap((admission, index) => refusalAt(admission, index));
    const letters = admissions.flatMap((admission) => admission.kind === "refused" ? [admission.letter] : []);
    const acknowledgement = await this.#door.append(events, letters);
    if (!acknowledgement.ok) {
      this.#logger.warn("Cannot store what was sent", {
        events: events.length,
        refused: letters.length,
        reason: acknowledgement.reason,
      });
      return undefined;
    }
    this.#metrics.stored(events.length, letters.length);
    return { accepted: events.length, errors: refused };
  }
}

function refusalAt(admission: Admission, index: number): Outcome["errors"] {
  if (admission.kind === "accepted") return [];
  const { eventId, refusal } = admission;
  return [{ index, ...(eventId === undefined ? {} : { event_id: eventId }), ...refusal }];
}

/** A body that nobody reads is let go of, so that its sender does not wait with it. */
async function turnedAway(request: Request, problem: Problem): Promise<Response> {
  await request.body?.cancel().catch(() => {});
  return problemResponse(problem);
}

/** Long enough for a broker to be elected, short enough not to be felt. */
const BROKER_AWAY: Problem = {
  status: 503,
  title: "Not stored",
  detail:
    "The log has not acknowledged the events. Send them again with the same event_id: each is counted once",
  retryAfterSeconds: 5,
};

function tooManyEvents(waitMs: number): Problem {
  return {
    status: 429,
    title: "Too many events",
    detail: "This write key has sent more events than it may",
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  };
}

function tooLong(events: number, most: number): Problem {
  return {
    status: 413,
    title: "Too many events in a request",
    detail: `A request has at most ${most} events: current value is ${events}`,
  };
}
