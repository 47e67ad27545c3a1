import { Hono } from "hono";
import type { MinuteReader } from "@countinghouse/hot";
import type { LiveStreams } from "./live_streams.ts";
import { parseStore } from "./parameters.ts";

/**
 * `/live`: server-sent events of type `kpi`, each a minute of the store. It begins with the newest one; a viewer who
 * comes back (header Last-Event-ID, or parameter `since`) also gets the minutes that changed meanwhile.
 */
export function liveRoute(streams: LiveStreams, reader: MinuteReader, now: () => number): Hono {
  return new Hono().get("/live", async (c) => {
    const store = parseStore(c.req.query());
    const since = c.req.header("last-event-id") || c.req.query("since") || undefined;
    const headers = {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    if (c.req.raw.method === "HEAD") return c.body(null, 200, headers);
    const body = await streams.open(store, since, () => reader.latest(store, now()));
    return c.body(body, 200, headers);
  });
}
