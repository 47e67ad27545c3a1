import assert from "node:assert/strict";
import { type Cohort, emptyCohort, MINUTE_MS } from "@countinghouse/core";
import { NOW, testApp } from "../app_fixture.ts";
import type { RecentMinutes } from "./recent.ts";

const COHORT: Cohort = {
  started: 8,
  reached: [8, 4, 2, 1],
  bounced: 2,
  events: 40,
  pageViews: 20,
  durationMs: 800_004,
  lastSeen: 5,
};

function sessionApp(cohort: Cohort) {
  const asked: RecentMinutes[] = [];
  const app = testApp([], {
    sessions: {
      cohort: (minutes) => {
        asked.push(minutes);
        return Promise.resolve(cohort);
      },
      timeoutMs: 30 * MINUTE_MS,
    },
  });
  return { ...app, asked };
}

Deno.test("active sessions are those last seen within the session timeout", async () => {
  const { get, asked } = sessionApp(COHORT);
  const answer = await (await get("/sessions/active?store_id=berlin")).json();
  assert.equal(answer.active_sessions, 5);
  assert.equal(answer.store_id, "berlin");
  assert.equal(asked[0]?.storeId, "berlin");
  assert.equal(asked[0]?.startMs, Math.floor(NOW / MINUTE_MS) * MINUTE_MS - 29 * MINUTE_MS);
});

Deno.test("the funnel has its steps in order, each with its share of the first and of the one before", async () => {
  const { get } = sessionApp(COHORT);
  const { sessions, steps } = await (await get("/funnel/current")).json();
  assert.equal(sessions, 8);
  assert.deepEqual(steps, [
    { name: "view", count: 8, share_of_first: 1, share_of_previous: 1 },
    { name: "cart", count: 4, share_of_first: 0.5, share_of_previous: 0.5 },
    { name: "checkout", count: 2, share_of_first: 0.25, share_of_previous: 0.5 },
    { name: "purchase", count: 1, share_of_first: 0.125, share_of_previous: 0.5 },
  ]);
});

Deno.test("sessions are described by their means; without any, all is zero", async () => {
  const { get } = sessionApp(COHORT);
  const { window_start: _, window_end: __, ...figures } = await (await get("/sessions")).json();
  assert.deepEqual(figures, {
    store_id: "default",
    sessions: 8,
    bounced: 2,
    bounce_rate: 0.25,
    events_per_session: 5,
    pages_per_session: 2.5,
    duration_ms_mean: 100_001,
  });
  const none = await (await sessionApp(emptyCohort()).get("/sessions")).json();
  assert.deepEqual([none.sessions, none.bounce_rate, none.duration_ms_mean], [0, 0, 0]);
});

Deno.test("a wrong minutes_back is named", async () => {
  const answer = await sessionApp(COHORT).get("/funnel/current?minutes_back=0");
  assert.equal(answer.status, 400);
  assert.match((await answer.json()).detail, /^minutes_back must be a whole number/);
});
