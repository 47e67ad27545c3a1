import { Hono } from "hono";
import { render } from "preact-render-to-string";
import { type KpiWindow, MINUTE_MS, minuteStart } from "@countinghouse/core";
import type { MinuteReader, PartitionBooks } from "@countinghouse/hot";
import { totalBooks } from "../api/ledger.ts";
import type { LiveStreams } from "../api/live_streams.ts";
import { parseStore } from "../api/parameters.ts";
import { type LiveState, withWindow } from "../islands/live_state.ts";
import { stillMinutes } from "../islands/live_minutes.ts";
import { SHOWN_MINUTES } from "../islands/minute_point.ts";
import { Dashboard } from "./dashboard.tsx";
import { type ClientFiles, HtmlDocument } from "./html_document.tsx";

/** What the dashboard is made from. */
export interface DashboardSources {
  readonly reader: MinuteReader;
  readonly books: () => Promise<readonly PartitionBooks[]>;
  readonly streams: LiveStreams;
  readonly client: ClientFiles;
  readonly now: () => number;
}

const AHEAD_MS = 5 * MINUTE_MS;

/** `/`: the dashboard, with every number in the page itself. */
export function dashboardRoute({ reader, books, streams, client, now }: DashboardSources): Hono {
  return new Hono().get("/", async (c) => {
    const storeId = parseStore(c.req.query());
    const nowMs = now();
    // Taken before the numbers are read: what changes from here on comes by the stream.
    const position = streams.position;
    const current = minuteStart(nowMs);
    const [windows, latest, ledger] = await Promise.all([
      reader.windows({
        storeId,
        startMs: current - (SHOWN_MINUTES - 1) * MINUTE_MS,
        endMs: current + AHEAD_MS,
      }),
      reader.latest(storeId, nowMs),
      books().catch(() => undefined),
    ]);
    const state = initialState(windows, latest, {
      storeId,
      locale: localeOf(c.req.header("accept-language")),
      nowMs,
      position,
      books: ledger === undefined ? null : totalBooks(ledger),
    });
    const page = (
      <HtmlDocument
        title={storeId === "default" ? "Countinghouse" : `${storeId} · Countinghouse`}
        client={client}
        nonce={c.get("secureHeadersNonce")}
        state={state}
      >
        <Dashboard live={stillMinutes(state)} />
      </HtmlDocument>
    );
    c.header("cache-control", "no-store");
    c.header("vary", "Accept-Language");
    return c.html(`<!doctype html>${render(page)}`);
  });
}

function initialState(
  windows: readonly KpiWindow[],
  latest: KpiWindow,
  known: Pick<LiveState, "storeId" | "locale" | "nowMs" | "position" | "books">,
): LiveState {
  const empty: LiveState = {
    ...known,
    currency: latest.metrics.currency,
    unconverted: [],
    points: [],
    newestBeforeMs: latest.metrics.events > 0 ? Date.parse(latest.window_start) : null,
    connection: "connecting",
    updatedMs: known.nowMs,
  };
  return windows.reduce((state, window) => withWindow(state, window, known.nowMs), empty);
}

/** The first language that the browser asks for and that numbers can be written in; English where it says none. */
function localeOf(acceptLanguage: string | undefined): string {
  const wanted = acceptLanguage?.split(",")[0]?.split(";")[0]?.trim() ?? "";
  try {
    return Intl.NumberFormat.supportedLocalesOf([wanted])[0] ?? "en";
  } catch {
    return "en";
  }
}
