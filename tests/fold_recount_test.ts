import { deepEqual, equal, ok } from "node:assert/strict";
import {
  addLedgers,
  decodeEvent,
  emptyRollup,
  kpiWindow,
  type LogRecord,
  merge,
  type MinuteChange,
  MinuteFold,
  type Offset,
  offset,
  type Rollup,
  type StoredMinute,
  type StoredWindow,
  windowKey,
} from "@countinghouse/core";
import { differences, expectedMetrics } from "./comparison.ts";
import { makeRecountFile } from "./recount_file.ts";
import { type SeededRandom, seededRandom } from "./seeded_random.ts";

const PARTITIONS = 4;
const OPTIONS = {
  allowedLatenessMs: 10 * 60_000,
  maxSkewMs: 5 * 60_000,
  sessionTimeoutMs: 30 * 60_000,
  dedup: { horizonMs: 3_600_000, maxIds: 1_000_000 },
  closedMinutesKept: 50,
};

Deno.test("a partition's fold, crashed at random and restored, comes to the recount in every minute", async () => {
  const path = await Deno.makeTempFile();
  try {
    const { recount } = await makeRecountFile({ path, events: 20_000, seed: 11 });
    const log = readLog(await Deno.readFile(path));
    const random = seededRandom(12);
    const runs = log.map((records, partition) => runWithCrashes(partition, records, random));

    ok(runs.every(({ crashes }) => crashes > 0), "a partition did not crash");
    const books = addLedgers(runs.map(({ ledger }) => ledger));
    deepEqual([books.read, books.counted, books.duplicates, books.deadLettered], [
      recount.lines,
      recount.counted,
      recount.duplicates,
      recount.refused.length,
    ]);
    const found = mergePartitions(
      runs.flatMap(({ stored }) => [...stored.values()].filter((window) => window.kind === "minute")),
    );
    equal(found.size, [...recount.stores.values()].reduce((sum, minutes) => sum + minutes.size, 0));
    for (const [store, minutes] of recount.stores) {
      for (const [minute, expected] of minutes) {
        const rollup = found.get(`${minute} ${store}`) ?? emptyRollup();
        deepEqual(differences(`${minute} ${store}`, expectedMetrics(expected), metricsOf(rollup)), []);
      }
    }
  } finally {
    await Deno.remove(path);
  }
});

/** The lines of a file as a log: by user and store, and what has neither anywhere. Appended a millisecond apart. */
function readLog(file: Uint8Array): readonly LogRecord[][] {
  const log: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  let appendTimeMs = Date.parse("2025-03-02T00:00:00.000Z");
  for (let from = 0; from < file.length;) {
    const to = file.indexOf(10, from);
    const value = file.subarray(from, to);
    const decoded = decodeEvent(value);
    const key = decoded.ok ? `${decoded.value.storeId}/${decoded.value.userId}` : "";
    const partition = log[[...key].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % PARTITIONS]!;
    partition.push({ offset: offset(partition.length), appendTimeMs: appendTimeMs++, key: null, value });
    from = to + 1;
  }
  return log;
}

/** Feeds a partition to a fold that loses its memory now and then, and a store that refuses what is behind it. */
function runWithCrashes(partition: number, records: readonly LogRecord[], random: SeededRandom) {
  const stored = new Map<string, StoredWindow>();
  const store = ({ minutes, cohorts, breakdowns }: MinuteChange) => {
    for (const window of [...minutes, ...cohorts, ...breakdowns]) {
      const key = windowKey(window.kind, window.id);
      if (window.through > (stored.get(key)?.through ?? -1)) stored.set(key, window);
    }
  };
  let snapshot: Uint8Array | undefined;
  let fold = new MinuteFold(partition, OPTIONS);
  let crashes = 0;
  while (fold.through < records.length) {
    const from = fold.through;
    const part = records.slice(from, from + 1 + random.whole(200));
    const through = offset(from + part.length);
    const batch = { partition, records: part, from, through, end: records.length as Offset };
    fold.load(new Map(fold.needs(batch).flatMap((id) => stored.has(id) ? [[id, stored.get(id)!]] : [])));
    fold.apply(batch);
    if (random.chance(0.7)) {
      const whole = random.chance(0.3);
      store(fold.take(whole));
      if (whole) snapshot = fold.snapshot();
    }
    if (random.chance(0.1)) {
      crashes++;
      fold = new MinuteFold(partition, OPTIONS);
      if (snapshot !== undefined) ok(fold.restore(snapshot), "the snapshot was not taken back");
    }
  }
  const last = fold.take(true);
  store(last);
  return { stored, crashes, ledger: last.ledger };
}

function mergePartitions(minutes: readonly StoredMinute[]): ReadonlyMap<string, Rollup> {
  const merged = new Map<string, Rollup>();
  for (const { store, minuteMs, rollup } of minutes) {
    const key = `${new Date(minuteMs).toISOString()} ${store}`;
    merged.set(key, merge(merged.get(key) ?? emptyRollup(), rollup));
  }
  return merged;
}

function metricsOf(rollup: Rollup) {
  const { metrics } = kpiWindow(rollup, {
    storeId: "",
    startMs: 0,
    endMs: 60_000,
    status: "final",
    currency: undefined,
    convert: () => undefined,
    processingTimeMs: null,
  });
  return { ...metrics };
}
