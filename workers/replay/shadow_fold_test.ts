import assert from "node:assert/strict";
import {
  type MinuteChange,
  MinuteFold,
  type Offset,
  type RecordBatch,
  START,
  type StoredWindow,
  windowKey,
} from "@countinghouse/core";
import { MemoryLog, type SinkBatch } from "@countinghouse/log";
import { EVERYTHING, type Scope } from "./scope.ts";
import { ShadowFold, splitAt } from "./shadow_fold.ts";

const OPTIONS = {
  allowedLatenessMs: 60_000,
  maxSkewMs: 60_000,
  sessionTimeoutMs: 60_000,
  dedup: { horizonMs: 600_000, maxIds: 1_000 },
};
const T0 = Date.parse("2026-03-01T12:00:00Z");
const never = new AbortController().signal;

/** What was stored, the newest of each window. */
class MemorySink {
  readonly stored = new Map<string, StoredWindow>();

  write({ change }: SinkBatch<MinuteChange>): Promise<void> {
    for (const window of [...change.minutes, ...change.cohorts, ...change.breakdowns]) {
      this.stored.set(windowKey(window.kind, window.id), window);
    }
    return Promise.resolve();
  }

  load(_partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, StoredWindow>> {
    return Promise.resolve(
      new Map(keys.flatMap((key) => this.stored.has(key) ? [[key, this.stored.get(key)!]] : [])),
    );
  }
}

/** A log of an event every 20 seconds in two stores, every fifth of them sent a second time. */
async function filledLog(events: number): Promise<MemoryLog> {
  let nowMs = T0;
  const log = new MemoryLog({ partitions: 1, nowMs: () => nowMs, maxBatchRecords: 16 });
  for (let n = 0; n < events; n++) {
    nowMs = T0 + n * 20_000;
    const value = new TextEncoder().encode(JSON.stringify({
      event_id: `e${n % 5 === 4 ? n - 1 : n}`,
      event_type: "page_view",
      event_ts: new Date(nowMs).toISOString(),
      user_id: `u${n % 7}`,
      session_id: "s",
      store_id: n % 2 === 0 ? "default" : "nord",
    }));
    await log.append("events", [{ key: null, value, partition: 0 }]);
  }
  return log;
}

function shadowOf(log: MemoryLog, scope: Scope = EVERYTHING) {
  const sink = new MemorySink();
  const fold = new MinuteFold(0, OPTIONS);
  const onProgress = () => {};
  const options = { log, topic: "events", partition: 0, fold, sink, scope, onProgress };
  return { sink, shadow: new ShadowFold(options, never) };
}

Deno.test("at every offset the shadow holds what a fold of exactly that much of the log holds", async () => {
  const log = await filledLog(60);
  const { sink, shadow } = shadowOf(log);
  for (const target of [1, 2, 7, 8, 30, 31, 60]) {
    await shadow.foldTo(target as Offset);
    assert.equal(shadow.through, target);
    const fresh = shadowOf(log);
    await fresh.shadow.foldTo(target as Offset);
    assert.deepEqual(sink.stored, fresh.sink.stored, `at offset ${target}`);
    await fresh.shadow.close();
  }
  await shadow.foldTo(10 as Offset);
  assert.equal(shadow.through, 60);
  await shadow.close();
});

Deno.test("only what is in scope is stored, and it is the same as without a scope", async () => {
  const log = await filledLog(60);
  const [all, some] = [
    shadowOf(log),
    shadowOf(log, { fromMs: T0 + 300_000, toMs: T0 + 600_000, store: "nord" }),
  ];
  await all.shadow.foldTo(60 as Offset);
  await some.shadow.foldTo(60 as Offset);
  const meant = [...all.sink.stored].filter(([key]) => /T12:0[5-9].*\/nord$/.test(key));
  assert.ok(meant.length >= 15);
  assert.deepEqual(some.sink.stored, new Map(meant));
  await all.shadow.close();
  await some.shadow.close();
});

Deno.test("a batch is split where it is told to", () => {
  const records = [3, 4, 7].map((offset) => ({
    offset: offset as Offset,
    appendTimeMs: 0,
    key: null,
    value: null,
  }));
  const batch: RecordBatch = {
    partition: 0,
    records,
    from: 3 as Offset,
    through: 9 as Offset,
    end: 9 as Offset,
  };
  const [below, ahead] = splitAt(batch, 5 as Offset);
  assert.deepEqual([below.records.length, below.from, below.through], [2, 3, 5]);
  assert.deepEqual([ahead?.records.length, ahead?.from, ahead?.through], [1, 5, 9]);
  assert.deepEqual(splitAt(batch, 9 as Offset), [batch, undefined]);
  assert.equal(splitAt(batch, START)[0].records.length, 0);
});
