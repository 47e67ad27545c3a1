import assert from "node:assert/strict";
import {
  emptyCohort,
  emptyRollup,
  type KpiWindow,
  MINUTE_MS,
  minuteStart,
  zeroCounts,
} from "@countinghouse/core";
import { countHotEvents } from "./books_reader.ts";
import { readCohort } from "./cohort_reader.ts";
import { correctionId, fromCorrection } from "./correction.ts";
import { collections } from "./hot_store.ts";
import { withHotStore } from "./hot_store_fixture.ts";
import { startMinuteFeed } from "./minute_feed.ts";
import { minuteDocument, TEST_RULES } from "./minute_fixture.ts";
import { createMinuteReader } from "./minute_reader.ts";

const NOW = minuteStart(Date.now());
const range = { storeId: "default", startMs: NOW, endMs: NOW + MINUTE_MS };

Deno.test("a correction is added up like one more partition, by every reader, and taken back when it goes", () =>
  withHotStore(async ({ database }) => {
    const { minutes, corrections } = collections(database);
    const parts = [
      minuteDocument({ minuteMs: NOW, counts: { events: 5, users: 2 }, latencies: [1, 2, 3, 4, 90_000] }),
      minuteDocument({ minuteMs: NOW, partition: 1, counts: { events: 1, users: 1 }, latencies: [5] }),
    ];
    await minutes.insertMany(parts);
    const feed = startMinuteFeed(database, { rules: TEST_RULES, now: () => NOW });
    try {
      const windows: KpiWindow[] = [];
      feed.subscribe((window) => windows.push(window));
      await feed.ready;
      const latency = emptyRollup().latency;
      latency.record(90_000);
      const correction = fromCorrection({
        store: "default",
        minuteMs: NOW,
        rollup: {
          counts: { ...zeroCounts(), events: -1, users: -1 },
          money: new Map(),
          latency: emptyRollup().latency.subtract(latency),
        },
        cohort: { ...emptyCohort(), started: -1 },
      }, parts);
      await corrections.insertOne(correction);

      const [window] = await createMinuteReader(database, TEST_RULES).windows(range);
      assert.equal(window!.metrics.events, 5);
      assert.equal(window!.metrics.unique_users, 2);
      assert.equal(window!.performance.latency_ms_p99, 5);
      assert.equal(await countHotEvents(database), 5);
      assert.equal((await readCohort(database, range)).started, -1);
      await until(() => windows.at(-1)?.metrics.events === 5, "the corrected minute");
      assert.equal(windows.at(-1)!.performance.latency_ms_p99, 5);

      await corrections.deleteOne({ _id: correctionId(NOW, "default") });
      await until(() => windows.at(-1)?.metrics.events === 6, "the minute without its correction");
    } finally {
      await feed.close();
    }
  }));

async function until(met: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(`Cannot see ${what} within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
