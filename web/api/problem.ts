import type { ContentfulStatusCode } from "hono/utils/http-status";

/** One parameter that can't be used, and why. */
export interface ParameterFault {
  readonly parameter: string;
  readonly reason: string;
}

/** What went wrong, as RFC 9457 has it; `errors` names the parameters, where it was the parameters. */
export interface Problem {
  readonly title: string;
  readonly status: ContentfulStatusCode;
  readonly detail: string;
  readonly errors?: readonly ParameterFault[];
}

/** An answer of type application/problem+json. */
export function problemResponse(problem: Problem, instance: string): Response {
  return Response.json({ type: "about:blank", ...problem, instance }, {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}

/** Thrown where a request can't be answered; the app turns it into its problem. */
export class ProblemError extends Error {
  override name = "ProblemError";

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}
