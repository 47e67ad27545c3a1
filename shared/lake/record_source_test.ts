import assert from "node:assert/strict";
import { decodeEvent, MinuteFold, type Offset } from "@countinghouse/core";
import { eventRow } from "@countinghouse/cold/event_row";
import { MemoryLog, readRange } from "@countinghouse/log";
import { compactLake } from "./compaction.ts";
import { append, openedAnew, record, records, T0 } from "./lake_fixture.ts";
import { MemoryStore } from "./memory_store.ts";
import { readLakeRecords } from "./record_source.ts";
import { eventOf } from "./record_source_event.ts";
import { LakeRecordLog } from "./record_source_log.ts";

const TOPIC = "events";
const never = new AbortController().signal;

Deno.test("a partition is read in offset order, window by window, whatever files it lies in", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  for (let end = 7; end <= 70; end += 7) await append(lake, 0, records(0, end));
  await append(lake, 1, records(0, 40));
  const read = async (from: number, through: number, windowOffsets?: number) => {
    const range = { partition: 0, from, through };
    return await Array.fromAsync(readLakeRecords(openedAnew(store), range, ["event_id"], windowOffsets));
  };
  const expected = records(3, 66).map(({ offset }) => ({ event_id: `e${offset}`, offset }));
  const check = async () => {
    const windows = await read(3, 66, 10);
    assert.deepEqual(windows.map(({ through }) => through), [13, 23, 33, 43, 53, 63, 66]);
    assert.deepEqual(windows.flatMap(({ rows }) => rows), expected);
    assert.deepEqual((await read(3, 66)).flatMap(({ rows }) => rows), expected);
  };
  await check();
  await compactLake(lake, { nowMs: () => T0 + 1, quietMs: 0, maxRows: 1_000 });
  await check();
});

Deno.test("while files are compacted under a reader, each record comes once", async () => {
  const store = new MemoryStore();
  const [writer, reader] = [openedAnew(store), openedAnew(store)];
  for (let end = 2; end <= 30; end += 2) await append(writer, 0, records(0, end));
  const offsets: number[] = [];
  for await (
    const { rows } of readLakeRecords(reader, { partition: 0, from: 0, through: 30 }, ["offset"], 4)
  ) {
    offsets.push(...rows.map(({ offset }) => offset));
    if (offsets.length === 8) await compactLake(writer, { nowMs: () => T0 + 1, quietMs: 0, maxRows: 1_000 });
  }
  assert.deepEqual(offsets, records(0, 30).map(({ offset }) => offset));
});

Deno.test("the event of a row is the one that was decoded", () => {
  const { value, ...rest } = record(1, {
    event_type: "purchase",
    currency: "KWD",
    order_id: "o1",
    items: [{ product_id: "p", price: "1.2345", quantity: 3 }, { sku: "q" }],
    quantity: 2.5,
    page: "/",
    coupon: "c",
    utm: { source: "a", medium: "b", campaign: "c" },
    device: { user_agent: "x", os: "y", mobile: false },
    geo: { country: "DE", city: "Köln", lat: 50.9, lon: 7 },
  });
  const decoded = decodeEvent(value);
  assert.ok(decoded.ok);
  assert.deepEqual(eventOf(eventRow(decoded.value, { ...rest, value }, 0)), decoded.value);
});

/** A log of `count` records, a second apart, every tenth of which is refused, and the lake of those below `inLake`. */
async function logAndLake(count: number, inLake: number) {
  let nowMs = T0;
  const log = new MemoryLog({ partitions: 1, nowMs: () => nowMs });
  for (let at = 0; at < count; at++) {
    nowMs = T0 + at * 1_000;
    const { key, value } = record(at, at % 10 === 9 ? "poison" : { event_ts: new Date(nowMs).toISOString() });
    await log.append(TOPIC, [{ key, value, partition: 0 }]);
  }
  const lake = openedAnew(new MemoryStore());
  const range = { partition: 0, start: 0 as Offset, end: inLake as Offset };
  await append(lake, 0, await Array.fromAsync(readRange(log, TOPIC, range, never)));
  return { log, lake };
}

Deno.test("where the lake ends the log goes on, and both are folded into the same minutes as the log alone", async () => {
  const { log, lake } = await logAndLake(600, 400);
  const lakeLog = new LakeRecordLog({ lake, log, topic: TOPIC, sinceMs: 0, windowOffsets: 70 });
  const options = {
    allowedLatenessMs: 60_000,
    maxSkewMs: 60_000,
    sessionTimeoutMs: 60_000,
    dedup: { horizonMs: 600_000, maxIds: 1_000 },
  };
  const [right] = await log.ranges(TOPIC);
  const [range] = await lakeLog.ranges(TOPIC);
  assert.deepEqual(range, right);
  const folded = async (source: Pick<MemoryLog, "read">) => {
    const fold = new MinuteFold(0, options);
    let at = 0;
    for await (const batch of source.read(TOPIC, 0, 0 as Offset, never)) {
      assert.equal(batch.from, at);
      at = batch.through;
      fold.apply(batch);
      if (fold.through === 600) break;
    }
    const { minutes, cohorts, breakdowns, ledger } = fold.take(true);
    return { documents: { minutes, cohorts, breakdowns }, counted: ledger.counted };
  };
  log.removeBelow(TOPIC, 0, 350 as Offset);
  const fromLake = await folded(lakeLog);
  log.removeBelow(TOPIC, 0, 0 as Offset);
  assert.deepEqual(fromLake, await folded(log));
  assert.equal(fromLake.counted, 540);
});

Deno.test("the lake is read on from the last window that begins early enough", async () => {
  const { log, lake } = await logAndLake(600, 500);
  const startFor = async (sinceMs: number) => {
    const source = new LakeRecordLog({ lake, log, topic: TOPIC, sinceMs, windowOffsets: 50 });
    return (await source.ranges(TOPIC))[0]!.start;
  };
  assert.equal(await startFor(T0 - 1), 0);
  assert.equal(await startFor(T0 + 199_000), 150);
  assert.equal(await startFor(T0 + 200_000), 200);
  assert.equal(await startFor(T0 + 1e9), 450);
});

Deno.test("the lake is only read, and holds one topic", async () => {
  const { log, lake } = await logAndLake(1, 1);
  const source = new LakeRecordLog({ lake, log, topic: TOPIC, sinceMs: 0 });
  await assert.rejects(source.append(TOPIC), /only read/);
  await assert.rejects(source.ranges("other"), /Cannot read the lake as other: it holds events/);
});
