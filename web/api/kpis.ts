import { Hono } from "hono";
import type { ReadHistory } from "./history.ts";
import { parseHistory } from "./history_parameters.ts";
import type { ReadLatest } from "./latest.ts";
import { parseStore } from "./parameters.ts";

/** `/kpis/latest` and `/kpis/history`: the minutes, hours and days of a store. */
export function kpiRoutes(
  readLatest: ReadLatest,
  readHistory: ReadHistory,
  now: () => number,
): Hono {
  return new Hono()
    .get("/kpis/latest", async (c) => {
      const store = parseStore(c.req.query());
      return c.json(await readLatest(store, now()));
    })
    .get("/kpis/history", async (c) => {
      const nowMs = now();
      return c.json(await readHistory(parseHistory(c.req.queries(), nowMs), nowMs));
    });
}
