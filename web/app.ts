import { Hono } from "hono";
import { compress, COMPRESSIBLE_CONTENT_TYPE_REGEX } from "hono/compress";
import { HTTPException } from "hono/http-exception";
import { NONCE, secureHeaders } from "hono/secure-headers";
import type { MinuteReader, PartitionBooks } from "@countinghouse/hot";
import type { Logger } from "@countinghouse/shared/telemetry";
import { breakdownRoute, type ReadDimension } from "./api/breakdown.ts";
import { explainRoute } from "./api/explain.ts";
import type { ExplainSources } from "./api/explain_sources.ts";
import { exportRoutes } from "./api/export.ts";
import type { EventSource } from "./api/export_source.ts";
import { type HealthCheck, healthRoute } from "./api/health.ts";
import type { ReadHistory } from "./api/history.ts";
import { kpiRoutes } from "./api/kpis.ts";
import type { ReadLatest } from "./api/latest.ts";
import { ledgerRoute, type LedgerSources } from "./api/ledger.ts";
import { liveRoute } from "./api/live.ts";
import type { LiveStreams } from "./api/live_streams.ts";
import { metricsRoute } from "./api/metrics.ts";
import { ProblemError, problemResponse } from "./api/problem.ts";
import { qualityRoute, type QualityRouteSources } from "./api/quality.ts";
import { RequestMetrics } from "./api/request_metrics.ts";
import { sessionRoutes, type SessionSources } from "./api/sessions.ts";
import { type Asset, assetRoute } from "./assets.ts";
import { dashboardRoute } from "./pages/dashboard_route.tsx";
import type { ClientFiles } from "./pages/html_document.tsx";

/** Everything that the app works with; tests bring their own. */
export interface AppSources {
  readonly reader: MinuteReader;
  readonly history: ReadHistory;
  readonly latest: ReadLatest;
  readonly streams: LiveStreams;
  /** Whether changes of the hot store are arriving. */
  readonly isFollowing: () => boolean;
  readonly books: () => Promise<readonly PartitionBooks[]>;
  readonly exportedEvents: EventSource;
  readonly sessions: SessionSources;
  readonly dimension: ReadDimension;
  readonly ledger: Omit<LedgerSources, "books">;
  readonly quality: Omit<QualityRouteSources, "books" | "deadLetters">;
  readonly explain: ExplainSources;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** The front door for events, so that one port is enough. */
  readonly collector?: Hono;
  readonly client: ClientFiles;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The web app: API, pages and assets. It is a plain fetch handler, so a test needs no port. */
export function createApp(sources: AppSources): Hono {
  const {
    reader,
    history,
    latest,
    streams,
    isFollowing,
    books,
    exportedEvents,
    sessions,
    dimension,
    ledger,
    quality,
    explain,
    checks,
    collector,
    client,
    assets,
    now,
    logger,
  } = sources;
  const requests = new RequestMetrics();
  const app = new Hono();

  app.use(requests.middleware);
  // Before the pages' headers, since other sites' pages load its tracker and send to it.
  if (collector !== undefined) app.route("/", collector);
  app.use(secureHeaders({
    // The server speaks HTTP; whoever puts TLS in front of it decides about this one.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", NONCE],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  }));
  app.use(compress({ contentTypeFilter: isCompressible }));

  app.route("/", dashboardRoute({ reader, books, streams, client, now }));
  app.route("/", kpiRoutes(latest, history, now));
  app.route("/", liveRoute(streams, reader, now));
  app.route("/", sessionRoutes(sessions, now));
  app.route("/", breakdownRoute(dimension, now));
  app.route("/", exportRoutes({ events: exportedEvents, history, now, logger }));
  app.route("/", ledgerRoute({ books, ...ledger }));
  app.route("/", qualityRoute({ books, deadLetters: ledger.deadLetters, ...quality }, now));
  app.route("/", explainRoute(history, explain, now));
  app.route("/", healthRoute(checks, now));
  app.route("/", metricsRoute(requests, streams, isFollowing, books, quality.figures, now));
  app.route("/", assetRoute(assets));

  app.notFound((c) => {
    const detail = `There is nothing at ${c.req.path}`;
    return problemResponse({ title: "Not found", status: 404, detail }, c.req.path);
  });
  app.onError((error, c) => {
    if (error instanceof ProblemError) return problemResponse(error.problem, c.req.path);
    if (error instanceof HTTPException) return error.getResponse();
    logger.error(`Cannot answer ${c.req.method} ${c.req.path}: ${error.message}`);
    const detail = "The server could not read what it needs to answer; /health says which part is away";
    return problemResponse({ title: "Unavailable", status: 503, detail }, c.req.path);
  });
  return app;
}

/** What Hono holds to be compressible, and NDJSON, which it doesn't know. */
function isCompressible(type: string): boolean {
  return COMPRESSIBLE_CONTENT_TYPE_REGEX.test(type) || type.startsWith("application/x-ndjson");
}
