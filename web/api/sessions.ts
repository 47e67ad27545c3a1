import { Hono } from "hono";
import { type Cohort, FUNNEL_STEPS, rate } from "@countinghouse/core";
import { parse } from "./parameters.ts";
import { aboutMinutes, type RecentMinutes, recentMinutes, recentParameters } from "./recent.ts";

/** Where the figures of sessions come from. */
export interface SessionSources {
  /** The sessions of a store's minutes, added up. */
  readonly cohort: (minutes: RecentMinutes) => Promise<Cohort>;
  /** A session is over after this long without an event. */
  readonly timeoutMs: number;
}

/**
 * `/sessions/active`, `/sessions` and `/funnel/current`. Sessions count in the minute in which they started, so the
 * steps of a funnel never increase, whatever happens at the edges of the range.
 */
export function sessionRoutes({ cohort, timeoutMs }: SessionSources, now: () => number): Hono {
  return new Hono()
    .get("/sessions/active", async (c) => {
      const { store_id } = parse(recentParameters.pick({ store_id: true }), c.req.query());
      const nowMs = now();
      const minutes = recentMinutes({ store_id, minutes_back: Math.ceil(timeoutMs / 60_000) }, nowMs);
      const { lastSeen } = await cohort(minutes);
      return c.json({ ...aboutMinutes(minutes), active_sessions: lastSeen });
    })
    .get("/sessions", async (c) => {
      const minutes = recentMinutes(parse(recentParameters, c.req.query()), now());
      const { started, bounced, events, pageViews, durationMs } = await cohort(minutes);
      return c.json({
        ...aboutMinutes(minutes),
        sessions: started,
        bounced,
        bounce_rate: rate(bounced, started),
        events_per_session: rate(events, started),
        pages_per_session: rate(pageViews, started),
        duration_ms_mean: started === 0 ? 0 : Math.round(durationMs / started),
      });
    })
    .get("/funnel/current", async (c) => {
      const minutes = recentMinutes(parse(recentParameters, c.req.query()), now());
      const { started, reached } = await cohort(minutes);
      const steps = FUNNEL_STEPS.map((name, at) => {
        const count = reached[at] ?? 0;
        return {
          name,
          count,
          share_of_first: rate(count, reached[0]),
          share_of_previous: rate(count, at === 0 ? count : reached[at - 1] ?? 0),
        };
      });
      return c.json({ ...aboutMinutes(minutes), sessions: started, steps });
    });
}
