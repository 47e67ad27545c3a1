import { deepEqual, equal } from "node:assert/strict";
import { collections, createMinuteReader } from "@countinghouse/hot";
import type { NewRecord } from "@countinghouse/log";
import { waitUntil } from "../wait_until.ts";
import { recordOf, recountOf } from "./line_records.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount } from "./stored_recount.ts";

const PARTITIONS = 3;
const SILENT = 2;
const MINUTES = 5;
const MINUTE_MS = 60_000;
const EVENTS_PER_MINUTE = 30;
const ALLOWED_LATENESS_MS = 2_000;
const STORE = "quiet";

Deno.test("one partition is silent: minutes become final all the same; it resumes: they are restated", async () => {
  const settings = { ALLOWED_LATENESS_MS: `${ALLOWED_LATENESS_MS}` };
  await withSurroundings({ partitions: PARTITIONS, settings }, async (surroundings) => {
    const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (MINUTES + 1) * MINUTE_MS;
    surroundings.start("a");
    const loud = eventsOf(startMs, [0, 1]);
    await surroundings.log.append(surroundings.topic, loud);
    await assertEqualToRecount(surroundings, await recountOf(loud), 30_000);

    const statuses = () => readStatuses(surroundings, startMs);
    const silent = await waitUntil("a sign of life of the silent partition", 30_000, async () => {
      return await collections(surroundings.hot.database).partitions.findOne({ _id: SILENT }) ?? undefined;
    });
    equal(silent.watermark, null, "the silent partition has a watermark, so it was not silent");
    equal(silent.ledger.read, 0);
    await waitUntil(
      "final minutes",
      30_000,
      async () => (await statuses()).every((status) => status === "final"),
    );

    const resumed = eventsOf(startMs, [SILENT]).filter((_, at) => Math.floor(at / EVENTS_PER_MINUTE) !== 1);
    await surroundings.log.append(surroundings.topic, resumed);
    const books = await assertEqualToRecount(surroundings, await recountOf([...loud, ...resumed]), 30_000);
    equal(books.late, 0, "the silent partition had a watermark that its events were behind of");
    deepEqual(await statuses(), ["restated", "final", "restated", "restated", "restated"]);
  });
});

/** Some events in every minute and each of the partitions. */
function eventsOf(startMs: number, partitions: readonly number[]): NewRecord[] {
  return Array.from({ length: MINUTES * EVENTS_PER_MINUTE }, (_, at) => at).flatMap((at) =>
    partitions.map((partition) => ({
      ...recordOf({
        event_id: `${partition}-${at}`,
        event_type: at % 10 === 0 ? "purchase" : "page_view",
        event_ts: new Date(startMs + at * MINUTE_MS / EVENTS_PER_MINUTE).toISOString(),
        user_id: `user-${partition}-${at % 7}`,
        session_id: `${at % 2}`,
        store_id: STORE,
        ...(at % 10 === 0 ? { order_id: `${partition}-${at}`, price: 12.5, currency: "EUR" } : {}),
      }),
      partition,
    }))
  );
}

/** The status of each minute as the API answers it. */
async function readStatuses({ hot }: Surroundings, startMs: number): Promise<readonly string[]> {
  const reader = createMinuteReader(hot.database, {
    convert: () => undefined,
    reportingCurrency: undefined,
    allowedLatenessMs: ALLOWED_LATENESS_MS,
  });
  const windows = await reader.windows({ storeId: STORE, startMs, endMs: startMs + MINUTES * MINUTE_MS });
  deepEqual(windows.length, MINUTES);
  return windows.map(({ status }) => status);
}
