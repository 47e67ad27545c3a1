import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Cohort,
  emptyCohort,
  emptyRollup,
  type LogRecord,
  merge,
  mergeCohorts,
  MINUTE_MS,
  MinuteFold,
  type MinuteFoldOptions,
  type Rollup,
} from "@countinghouse/core";
import { readColdMinutes } from "./cold_minutes.ts";
import { ColdSink } from "./cold_sink.ts";
import type { ColdStore } from "./cold_store.ts";
import { withColdStore } from "./cold_store_fixture.ts";
import { batchOf, T0 } from "./log_records_fixture.ts";
import { refreshRollups } from "./refresh_rollups.ts";
import { RowFold } from "./row_fold.ts";

const FOLD: MinuteFoldOptions = {
  allowedLatenessMs: 10 * MINUTE_MS,
  maxSkewMs: 5 * MINUTE_MS,
  sessionTimeoutMs: 30 * MINUTE_MS,
  dedup: { horizonMs: 3_600_000, maxIds: 100_000 },
};
const PARTITIONS = 2;
const EVENTS = { storeId: "default", fromMs: T0 - 3 * 3_600_000, toMs: T0 + 6 * 3_600_000 };

interface Sent {
  readonly afterMs: number;
  readonly behindMs: number;
  readonly user: number;
  readonly session: number;
  readonly type: string;
  readonly again: number | undefined;
  /** What is sent again is an order under another event_id. */
  readonly anew: boolean;
  readonly cents: number;
  readonly currency: string;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  afterMs: fc.nat({ max: 90_000 }),
  behindMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -2_000, max: 60_000 }) },
    // Late; and from a clock that is far ahead.
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 25 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: -20 * MINUTE_MS, max: 0 }) },
  ),
  user: fc.nat({ max: 5 }),
  session: fc.nat({ max: 1 }),
  type: fc.constantFrom(
    "page_view",
    "view_item",
    "add_to_cart",
    "begin_checkout",
    "purchase",
    "refund",
    "search",
    "x",
  ),
  again: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, {
    weight: 1,
    arbitrary: fc.nat({ max: 30 }),
  }),
  anew: fc.boolean(),
  cents: fc.nat({ max: 100_000 }),
  currency: fc.constantFrom("EUR", "USD", "JPY"),
});

/** The logs of the partitions: a user's events are all in one. */
function logsOf(all: readonly Sent[]): LogRecord[][] {
  const logs: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  let appendMs = T0;
  const values: {
    isSkewed: boolean;
    partition: number;
    event: Readonly<Record<string, unknown>>;
  }[] = [];
  all.forEach(({ afterMs, behindMs, user, session, type, again, anew, cents, currency }, at) => {
    appendMs += afterMs;
    const money = type === "purchase" || type === "refund"
      ? { value: cents / 100, currency, order_id: `o${at}` }
      : {};
    // A copy of what is skewed counts at its own append time, and closes minutes that the rollup leaves open.
    const isSkewed = -behindMs > FOLD.maxSkewMs;
    const earlier = values[at - 1 - (again ?? at)];
    const sent = earlier?.isSkewed === false ? earlier : {
      isSkewed,
      partition: user % PARTITIONS,
      event: {
        event_id: `e${at}`,
        event_type: type,
        event_ts: new Date(appendMs - behindMs).toISOString(),
        user_id: `u${user}`,
        // A session of its own: what is later than allowed may find that the rollup has let go of its session.
        session_id: behindMs > FOLD.allowedLatenessMs ? `late${at}` : `s${session}`,
        ...money,
      },
    };
    values.push(sent);
    const repeats = anew && sent.event["event_type"] === "purchase" ? { event_id: `e${at}` } : {};
    const log = logs[sent.partition]!;
    log.push({
      offset: log.length as LogRecord["offset"],
      appendTimeMs: appendMs,
      key: null,
      value: new TextEncoder().encode(JSON.stringify({ ...sent.event, ...repeats })),
    });
  });
  return logs;
}

async function store(cold: ColdStore, partition: number, records: readonly LogRecord[]): Promise<void> {
  const batch = batchOf(records, partition);
  const fold = new RowFold(partition, batch.from);
  fold.apply(batch);
  await new ColdSink(cold).write({
    partition,
    through: fold.through,
    end: batch.end,
    caughtUpMs: undefined,
    change: fold.take(),
  });
}

/** The minutes as the rollup worker has them. */
function foldedMinutes(logs: readonly (readonly LogRecord[])[]) {
  const minutes = new Map<number, { rollup: Rollup; cohort: Cohort }>();
  const at = (minuteMs: number) => minutes.get(minuteMs) ?? { rollup: emptyRollup(), cohort: emptyCohort() };
  logs.forEach((records, partition) => {
    const fold = new MinuteFold(partition, FOLD);
    // All at once: what is taken at the end is every minute.
    if (records.length > 0) fold.apply(batchOf(records, partition));
    const change = fold.take(true);
    for (const { minuteMs, rollup } of change.minutes) {
      minutes.set(minuteMs, { ...at(minuteMs), rollup: merge(at(minuteMs).rollup, rollup) });
    }
    for (const { minuteMs, cohort } of change.cohorts) {
      minutes.set(minuteMs, { ...at(minuteMs), cohort: mergeCohorts(at(minuteMs).cohort, cohort) });
    }
  });
  return [...minutes].sort(([a], [b]) => a - b)
    .filter(([, { rollup, cohort }]) => rollup.counts.events > 0 || cohort.started > 0)
    .map(([minuteMs, { rollup, cohort: { started, reached } }]) =>
      comparable(minuteMs, rollup, { started, reached })
    );
}

const comparable = (
  minuteMs: number,
  { counts, money, latency }: Rollup,
  cohort: Pick<Cohort, "started" | "reached">,
) => ({
  minute: new Date(minuteMs).toISOString(),
  counts,
  money: [...money].sort(([a], [b]) => a < b ? -1 : 1),
  latency: [...latency.toWords()],
  cohort,
});

async function coldMinutes(cold: ColdStore) {
  return [...await readColdMinutes(cold, EVENTS)]
    .map(([minuteMs, { rollup, cohort }]) => comparable(minuteMs, rollup, cohort));
}

Deno.test("minutes of the warehouse are those of the rollup's fold, before, between and after refreshes", () =>
  withColdStore(async (cold) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 60, maxLength: 200, size: "max" }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (all, share) => {
          await cold.client.command({ query: "TRUNCATE TABLE events" });
          await cold.client.command({ query: "TRUNCATE TABLE rollups" });
          const logs = logsOf(all);
          const cut = (records: readonly LogRecord[]) => Math.floor(records.length * share);
          for (const [partition, records] of logs.entries()) {
            if (cut(records) > 0) await store(cold, partition, records.slice(0, cut(records)));
          }
          const since = await refreshRollups(cold, { settledMs: EVENTS.toMs });
          for (const [partition, records] of logs.entries()) {
            if (cut(records) < records.length) await store(cold, partition, records.slice(cut(records)));
          }
          const expected = foldedMinutes(logs);
          assert.deepEqual(await coldMinutes(cold), expected);
          await refreshRollups(cold, { since, settledMs: EVENTS.toMs });
          assert.deepEqual(await coldMinutes(cold), expected);
        },
      ),
      { numRuns: 5, endOnFailure: true },
    );
  }));
