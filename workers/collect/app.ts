import { Hono } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { CollectMetrics } from "./collect_metrics.ts";
import type { CollectOptions } from "./collect_options.ts";
import { Intake, type Route } from "./intake.ts";
import { problemResponse } from "./problem.ts";
import { EVENTS, GA4, SEGMENT_BATCH, segmentMessage, shopifyWebhook } from "./routes.ts";
import { SEGMENT_TYPES } from "./segment.ts";
import tracker from "./tracker.js" with { type: "text" };

const CORS_AGE_SECONDS = 86_400;
const TRACKER_AGE_SECONDS = 3_600;

/**
 * The collector: a `{ fetch }` of web standards alone, to be served by itself, mounted in another Hono app, or run
 * on an edge.
 */
export function createCollector(
  options: CollectOptions,
  metrics: CollectMetrics = new CollectMetrics(),
): Hono {
  const intake = new Intake(options, metrics);
  const app = new Hono();
  const routes: Readonly<Record<string, Route>> = {
    "/v1/events": EVENTS,
    "/v1/batch": SEGMENT_BATCH,
    "/v1/import": SEGMENT_BATCH,
    ...Object.fromEntries(SEGMENT_TYPES.flatMap((type) => {
      const route = segmentMessage(type);
      // Segment's library for browsers says /v1/t for /v1/track.
      return [[`/v1/${type}`, route], [`/v1/${type[0]}`, route]];
    })),
    "/v1/shopify": shopifyWebhook(options.shopifySecret),
    "/mp/collect": GA4,
  };
  for (const [path, route] of Object.entries(routes)) {
    app.use(path, guarded(), fromKnownSites(options.origins), crossOrigin(options.origins));
    app.post(path, (c) => intake.handle(c.req.raw, route));
    app.all(path, () => problemResponse(ONLY_POST));
  }
  app.get("/tracker.js", guarded(), () =>
    new Response(tracker, {
      headers: {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": `public, max-age=${TRACKER_AGE_SECONDS}`,
      },
    }));
  app.onError((error) => {
    options.logger.error("Cannot answer a request", { reason: error.message });
    return problemResponse({
      status: 500,
      title: "Failed",
      detail: "The collector could not answer the request",
    });
  });
  return app;
}

/** The tracker is loaded by pages of other sites, so its resource policy is the only one that is open. */
function guarded() {
  return secureHeaders({
    // The collector speaks HTTP; whoever puts TLS in front of it decides about this one.
    strictTransportSecurity: false,
    crossOriginResourcePolicy: "cross-origin",
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  });
}

function crossOrigin(origins: readonly string[]) {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["POST"],
    allowHeaders: ["content-type", "content-encoding", "authorization", "x-write-key", "idempotency-key"],
    exposeHeaders: ["retry-after"],
    maxAge: CORS_AGE_SECONDS,
  });
}

/** CORS keeps a page from reading the answer only; a page of a site that isn't listed may not send either. */
function fromKnownSites(origins: readonly string[]) {
  return async (
    { req }: { req: { header(name: string): string | undefined } },
    next: () => Promise<void>,
  ) => {
    const origin = req.header("origin");
    if (origin === undefined || origins.includes("*") || origins.includes(origin)) return await next();
    const detail = "Pages of this site may not send events; COLLECT_ORIGINS lists those that may";
    return problemResponse({ status: 403, title: "Unknown site", detail });
  };
}

const ONLY_POST = {
  status: 405,
  title: "Only POST",
  detail: "Events are sent with POST",
  headers: { allow: "POST, OPTIONS" },
} as const;
