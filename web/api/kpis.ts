import { Hono } from "hono";
import type { MinuteReader } from "@countinghouse/hot";
import { parseHistory, parseStore } from "./parameters.ts";

/** `/kpis/latest` and `/kpis/history`: the minutes of a store. */
export function kpiRoutes(reader: MinuteReader, now: () => number): Hono {
  return new Hono()
    .get("/kpis/latest", async (c) => {
      const store = parseStore(c.req.query());
      return c.json(await reader.latest(store, now()));
    })
    .get("/kpis/history", async (c) => {
      const nowMs = now();
      return c.json(await reader.windows(parseHistory(c.req.query(), nowMs), nowMs));
    });
}
