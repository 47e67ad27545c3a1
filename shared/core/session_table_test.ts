import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, ByteWriter } from "./byte_codec.ts";
import { type Cohort, emptyCohort } from "./cohort.ts";
import type { EventType } from "./event.ts";
import { FUNNEL_STEPS, funnelStep } from "./funnel.ts";
import { Hash64 } from "./hash64.ts";
import { SessionTable } from "./session_table.ts";
import { minuteStart } from "./window.ts";

const MINUTE = 60_000;
const options = { timeoutMs: 30 * MINUTE, allowedLatenessMs: 10 * MINUTE };

interface Visit {
  user: number;
  type: EventType;
  minute: number;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  user: fc.integer({ min: 0, max: 2 }),
  type: fc.constantFrom<EventType>(
    "page_view",
    "view_item",
    "add_to_cart",
    "begin_checkout",
    "purchase",
    "search",
  ),
  minute: fc.integer({ min: 0, max: 200 }),
});

class Cohorts {
  readonly byMinute = new Map<number, Cohort>();
  readonly of = (minuteMs: number): Cohort => {
    let cohort = this.byMinute.get(minuteMs);
    if (cohort === undefined) this.byMinute.set(minuteMs, cohort = emptyCohort());
    return cohort;
  };

  /** Without the minutes whose sessions have all moved elsewhere. */
  get filled(): Map<number, Cohort> {
    const empty = JSON.stringify(emptyCohort());
    return new Map([...this.byMinute].filter(([, cohort]) => JSON.stringify(cohort) !== empty).sort());
  }
}

/** Cuts sorted events into sessions at gaps, and walks each through the funnel. */
function recount(visits: readonly Visit[]): Map<number, Cohort> {
  const cohorts = new Cohorts();
  for (const user of new Set(visits.map(({ user }) => user))) {
    const own = visits.filter((visit) => visit.user === user).sort((a, b) => a.minute - b.minute);
    let session: Visit[] = [];
    for (const event of [...own, undefined]) {
      const last = session.at(-1);
      if (last !== undefined && (event === undefined || event.minute - last.minute > 30)) {
        addSession(cohorts, session);
        session = [];
      }
      if (event !== undefined) session.push(event);
    }
  }
  return cohorts.filled;
}

function addSession(cohorts: Cohorts, session: readonly Visit[]): void {
  const startMs = session[0]!.minute * MINUTE;
  const lastMs = session.at(-1)!.minute * MINUTE;
  const cohort = cohorts.of(startMs);
  cohort.started++;
  let fromMinute = -Infinity;
  for (const [depth, step] of FUNNEL_STEPS.entries()) {
    const taken = session.find(({ type, minute }) => funnelStep(type) === step && minute >= fromMinute);
    if (taken === undefined) break;
    fromMinute = taken.minute;
    cohort.reached[depth]!++;
  }
  const pageViews = session.filter(({ type }) => type === "page_view").length;
  if (session.length === 1 && pageViews === 1) cohort.bounced++;
  cohort.events += session.length;
  cohort.pageViews += pageViews;
  cohort.durationMs += lastMs - startMs;
  cohorts.of(lastMs).lastSeen++;
}

const key = new Hash64();
function observe(table: SessionTable, cohorts: Cohorts, visits: readonly Visit[]): void {
  for (const { user, type, minute } of visits) {
    table.observe(key.of(`u${user}`, "s"), { type, timeMs: minute * MINUTE, appendTimeMs: 0 }, cohorts.of);
  }
}

Deno.test("in whatever order events come, the cohorts are those of the events sorted by time", () => {
  fc.assert(
    fc.property(fc.array(visit, { maxLength: 60 }), (visits) => {
      const table = new SessionTable(options);
      const cohorts = new Cohorts();
      observe(table, cohorts, visits);
      assert.deepEqual(cohorts.filled, recount(visits));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("funnel steps never increase", () => {
  fc.assert(fc.property(fc.array(visit), (visits) => {
    const cohorts = new Cohorts();
    observe(new SessionTable(options), cohorts, visits);
    for (const { started, reached: [view, cart, checkout, purchase] } of cohorts.byMinute.values()) {
      assert.ok(started >= view && view >= cart && cart >= checkout && checkout >= purchase && purchase >= 0);
    }
  }));
});

Deno.test("a table read back from a snapshot goes on like the one that wrote it", () => {
  fc.assert(fc.property(fc.array(visit), fc.array(visit), (before, behind) => {
    const table = new SessionTable(options);
    const cohorts = new Cohorts();
    observe(table, cohorts, before);
    const writer = new ByteWriter();
    table.write(writer);
    const copy = new SessionTable(options);
    copy.read(new ByteReader(writer.bytes()));
    assert.equal(copy.size, table.size);
    observe(copy, cohorts, behind);
    assert.deepEqual(cohorts.filled, recount([...before, ...behind]));
  }));
});

Deno.test("sessions are let go of when neither time nor the log can bring another event in time", () => {
  const table = new SessionTable(options);
  const cohorts = new Cohorts();
  for (let user = 0; user < 10_000; user++) {
    const event = { type: "page_view" as const, timeMs: user, appendTimeMs: user };
    table.observe(key.of(`u${user}`, "s"), event, cohorts.of);
  }
  assert.equal(table.size, 10_000);
  table.expire(31 * MINUTE, 31 * MINUTE);
  assert.equal(table.size, 10_000);
  table.expire(5_000 + 30 * MINUTE, 60 * MINUTE);
  assert.equal(table.size, 5_000);
  assert.equal(Math.max(...table.minutes()), minuteStart(9_999));
});

Deno.test("a session that never ends is cut after a day", () => {
  const table = new SessionTable(options);
  const cohorts = new Cohorts();
  const visits = Array.from(
    { length: 200 },
    (_, at): Visit => ({ user: 0, type: "search", minute: 20 * at }),
  );
  observe(table, cohorts, visits);
  assert.equal([...cohorts.filled.values()].reduce((sum, { started }) => sum + started, 0), 3);
});
