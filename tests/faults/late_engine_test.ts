import { deepEqual, equal, ok } from "node:assert/strict";
import { createMinuteReader } from "@countinghouse/hot";
import { type NewRecord, readRange } from "@countinghouse/log";
import { recordOf, recountOf } from "./line_records.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount } from "./stored_recount.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ALLOWED_LATENESS_MS = MINUTE_MS;
const MINUTES = 6;
const STORE = "slow";

Deno.test("late events are counted in their own minutes, which are then restated, and none is lost", async () => {
  await withLatenessOfAMinute(async (surroundings) => {
    const startMs = firstMinute();
    const onTime = minuteNumbers(MINUTES).flatMap((minute) => eventsOf("on-time", startMs, minute, 40));
    const before = await store(surroundings, onTime, onTime);
    equal(before.late, 0);
    const final = async () => (await readStatuses(surroundings, startMs)).slice(0, MINUTES - 2);
    deepEqual(await final(), ["final", "final", "final", "final"]);

    const late = [1, 3].flatMap((minute) => eventsOf("late", startMs, minute, 15));
    const all = [...onTime, ...late];
    const books = await store(surroundings, late, all);
    equal(books.late, late.length);
    equal(before.counted + books.late, all.length, "accepted + late = produced");
    deepEqual(await final(), ["final", "restated", "final", "restated"]);
  });
});

Deno.test("an event stamped a day ahead is counted when it came, and harms no honest event", async () => {
  await withLatenessOfAMinute(async (surroundings) => {
    const startMs = firstMinute();
    const honest = minuteNumbers(MINUTES).map((minute) => eventsOf("honest", startMs, minute, 40));
    const early = honest.slice(0, -1).flat();
    await store(surroundings, early, early);

    const ahead = eventOf("ahead", Date.now() + DAY_MS);
    await surroundings.log.append(surroundings.topic, [ahead]);
    const counted = eventOf("ahead", await appendTimeOf(surroundings, ahead));

    const last = honest.at(-1)!;
    const books = await store(surroundings, last, [...early, counted, ...last]);
    equal(books.skewed, 1);
    equal(books.late, 0, "honest events were late because of one bad clock");
  });
});

/** One partition, so that all events share one watermark. */
async function withLatenessOfAMinute(test: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  const settings = { ALLOWED_LATENESS_MS: `${ALLOWED_LATENESS_MS}` };
  await withSurroundings({ partitions: 1, settings }, async (surroundings) => {
    surroundings.start("a");
    await test(surroundings);
  });
}

/** Appends records and waits until what is stored equals the recount of all. */
async function store(surroundings: Surroundings, records: readonly NewRecord[], all: readonly NewRecord[]) {
  await surroundings.log.append(surroundings.topic, records);
  return await assertEqualToRecount(surroundings, await recountOf(all), 30_000);
}

/** The last of the minutes is the present one. */
function firstMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (MINUTES - 1) * MINUTE_MS;
}

function minuteNumbers(minutes: number): readonly number[] {
  return Array.from({ length: minutes }, (_, minute) => minute);
}

function eventsOf(name: string, startMs: number, minute: number, events: number): NewRecord[] {
  return Array.from(
    { length: events },
    (_, at) =>
      eventOf(`${name}-${minute}-${at}`, startMs + minute * MINUTE_MS + Math.floor(at * MINUTE_MS / events)),
  );
}

function eventOf(id: string, timeMs: number): NewRecord {
  return recordOf({
    event_id: id,
    event_type: "refund",
    event_ts: new Date(timeMs).toISOString(),
    user_id: `user-${id.length % 3}`,
    session_id: "1",
    store_id: STORE,
    value: 9.99,
    currency: "EUR",
  });
}

/** When the broker took a record, as the log tells it. */
async function appendTimeOf({ log, topic }: Surroundings, { value }: NewRecord): Promise<number> {
  const text = new TextDecoder().decode(value!);
  for (const range of await log.ranges(topic)) {
    for await (const record of readRange(log, topic, range, AbortSignal.timeout(10_000))) {
      if (new TextDecoder().decode(record.value!) === text) return record.appendTimeMs;
    }
  }
  throw new Error("Cannot find the record in the log");
}

/** The status of each minute as the API answers it. */
async function readStatuses({ hot }: Surroundings, startMs: number): Promise<readonly string[]> {
  const reader = createMinuteReader(hot.database, {
    convert: () => undefined,
    reportingCurrency: undefined,
    allowedLatenessMs: ALLOWED_LATENESS_MS,
  });
  const range = { storeId: STORE, startMs, endMs: startMs + MINUTES * MINUTE_MS };
  const windows = await reader.windows(range);
  ok(windows.length === MINUTES, `${windows.length} minutes`);
  return windows.map(({ status }) => status);
}
