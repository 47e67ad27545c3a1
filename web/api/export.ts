import { type Context, Hono } from "hono";
import type { EventExport } from "@countinghouse/cold";
import type { Logger } from "@countinghouse/shared/telemetry";
import { openBody } from "./export_body.ts";
import { formatCursor, formatHeads } from "./export_cursor.ts";
import { eventsFile } from "./export_events_file.ts";
import { fileHeaders, fileTime } from "./export_file.ts";
import { minutesFile } from "./export_minutes.ts";
import { type EventExportRequest, parseEventExport, parseKpiExport } from "./export_parameters.ts";
import type { EventSource } from "./export_source.ts";
import type { ReadHistory } from "./history.ts";
import { ProblemError } from "./problem.ts";

/** Each holds a query of the warehouse open for as long as its reader takes. */
const MOST_EXPORTS = 4;
const STALL_MS = 5 * 60_000;
/** How long finding a page's end may take. */
const PAGE_DEADLINE_MS = 60_000;

/** What exports are made of. */
export interface ExportSources {
  readonly events: EventSource;
  readonly history: ReadHistory;
  readonly now: () => number;
  readonly logger: Logger;
}

/** `/export/events` and `/export/kpis`: files for download. */
export function exportRoutes({ events, history, now, logger }: ExportSources): Hono {
  let open = 0;

  async function openEvents(c: Context, asked: EventExport, { format, csv }: EventExportRequest) {
    if (open >= MOST_EXPORTS) {
      const detail = `There are ${open} exports under way, which is the most at a time; try again later`;
      throw new ProblemError({ title: "Too many exports", status: 503, detail });
    }
    open++;
    return await openBody((signal) => eventsFile(events, asked, format, csv, signal), {
      stallMs: STALL_MS,
      onFailure: (error) =>
        logger.error(`Cannot finish ${c.req.path}: ${error instanceof Error ? error.message : error}`),
      onEnd: () => open--,
    });
  }

  return new Hono()
    .get("/export/events", async (c) => {
      const request = parseEventExport(c.req.query());
      const { range, startMs, endMs, format, limit, after } = request;
      const everything = { range, after, heads: request.heads ?? await events.heads() };
      const page = await pageOf(events, everything, limit);
      const headers = {
        ...fileHeaders(format, ["events", range.storeId, fileTime(startMs), fileTime(endMs)]),
        "x-as-of": formatHeads(everything.heads),
        ...nextHeaders(c.req.url, page),
      };
      if (c.req.raw.method === "HEAD") return c.body(null, 200, headers);
      return c.body(await openEvents(c, page, request), 200, headers);
    })
    .get("/export/kpis", async (c) => {
      const nowMs = now();
      const { format, date, storeId, windows, csv } = parseKpiExport(c.req.query(), nowMs);
      const headers = fileHeaders(format, ["kpis", storeId, date]);
      if (c.req.raw.method === "HEAD") return c.body(null, 200, headers);
      const minutes = await history({ storeId, step: "1m", windows, filter: {}, fill: false }, nowMs);
      return c.body(await minutesFile(minutes, format, csv), 200, headers);
    });
}

/** The first `limit` rows; `through` names the last one when there are more. It is told in a header, so it comes first. */
async function pageOf(
  events: EventSource,
  everything: EventExport,
  limit: number | undefined,
): Promise<EventExport> {
  if (limit === undefined) return everything;
  const signal = AbortSignal.timeout(PAGE_DEADLINE_MS);
  const last = await events.findKey(everything, limit, signal);
  if (last === undefined) return everything;
  const next = await events.findKey({ ...everything, after: last }, 1, signal);
  return next === undefined ? everything : { ...everything, through: last };
}

function nextHeaders(address: string, { through, heads }: EventExport): Record<string, string> {
  if (through === undefined) return {};
  const cursor = formatCursor({ after: through, heads });
  const { pathname, searchParams } = new URL(address);
  for (const name of ["after", "as_of"]) searchParams.delete(name);
  searchParams.set("cursor", cursor);
  return { "x-next-cursor": cursor, link: `<${pathname}?${searchParams}>; rel="next"` };
}
