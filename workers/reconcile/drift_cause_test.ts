import assert from "node:assert/strict";
import fc from "fast-check";
import { type DedupOptions, merge, type Rollup } from "@countinghouse/core";
import { causeOfDrift } from "./drift_cause.ts";
import { duplicatesAmong } from "./duplicates.ts";
import { type EventRecord, recordKey } from "./event_record.ts";
import { differences, factsOf } from "./minute_facts.ts";
import { recount } from "./recount.ts";
import { countedByRollup } from "./rollup_memory.ts";
import { anyRecords } from "./testing/event_records.ts";

const dedup: DedupOptions = { horizonMs: 3_600_000, maxIds: 1_000_000 };
const closings = new Map<number, number>();

/** What the rollup stores of records that are all of one minute. */
function partsOf(records: readonly EventRecord[]): Map<number, Rollup> {
  const [counted] = countedByRollup(records, dedup);
  const taken = records.filter((record) => counted!.has(recordKey(record)));
  return new Map(
    [...Map.groupBy(taken, ({ partition }) => partition)]
      .map(([partition, ofPartition]) => [partition, recount(ofPartition, closings)]),
  );
}

Deno.test("whatever the rollup makes of a log is explained, and the truth is the recount without copies", () => {
  fc.assert(fc.property(anyRecords, (records) => {
    const cause = causeOfDrift({
      asked: records,
      withCopies: records,
      closings,
      parts: partsOf(records),
      dedup,
    });
    assert.ok(cause.isExplained);
    const duplicates = duplicatesAmong(records);
    const firsts = records.filter((record) => !duplicates.has(recordKey(record)));
    assert.deepEqual(differences(factsOf(cause.verdict.truth), factsOf(recount(firsts, closings))), []);
    const parts = [...partsOf(records).values()].reduce(merge);
    const isRight = differences(factsOf(parts), factsOf(cause.verdict.truth)).length === 0;
    assert.equal(cause.reasons.length === 0 && cause.events.length === 0, isRight);
  }));
});

Deno.test("one more of anything in a document is explained by nothing", () => {
  fc.assert(fc.property(anyRecords, fc.constantFrom("events", "page_views", "users"), (records, counter) => {
    const parts = partsOf(records);
    const [partition, rollup] = [...parts][0]!;
    parts.set(partition, { ...rollup, counts: { ...rollup.counts, [counter]: rollup.counts[counter] + 1 } });
    const cause = causeOfDrift({ asked: records, withCopies: records, closings, parts, dedup });
    assert.ok(!cause.isExplained);
    assert.match(cause.reason, new RegExp(`partition ${partition}: .*is ${rollup.counts[counter] + 1}`));
  }));
});

Deno.test("a partition without a document is explained by nothing", () => {
  fc.assert(fc.property(anyRecords, (records) => {
    const parts = partsOf(records);
    const [partition] = parts.keys();
    parts.delete(partition!);
    const cause = causeOfDrift({ asked: records, withCopies: records, closings, parts, dedup });
    assert.deepEqual(cause, { isExplained: false, reason: `partition ${partition}: there is no document` });
  }));
});
