import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Why a request is not served, as RFC 9457 has it. */
export interface Problem {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly detail: string;
  /** When to come again, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Members on top of those of the RFC. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The problem as an answer of type application/problem+json. */
export function problemResponse(problem: Problem): Response {
  const { status, title, detail, retryAfterSeconds, headers, extensions } = problem;
  return Response.json({ type: "about:blank", title, status, detail, ...extensions }, {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
      ...headers,
    },
  });
}
