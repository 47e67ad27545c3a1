import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyRollup, merge, type Rollup } from "@countinghouse/core";
import { type CorrectionDocument, decodeRollup, fromCorrection } from "@countinghouse/hot";
import { minuteDocument } from "@countinghouse/hot/fixture";
import { correctionOf } from "./correction_plan.ts";
import { differences, factsOf } from "./minute_facts.ts";
import { recount } from "./recount.ts";
import { anyRecords, MINUTE } from "./testing/event_records.ts";

const anyRollup = anyRecords.map((records) => recount(records, new Map()));
const key = { storeId: "default", minuteMs: MINUTE };

function documents(parts: readonly Rollup[]) {
  return {
    ...key,
    parts: parts.map(({ counts, money }, partition) =>
      minuteDocument({ minuteMs: MINUTE, partition, counts, money: Object.fromEntries(money) })
    ),
    cohorts: [],
    correction: undefined,
  };
}

Deno.test("partitions and correction, stored and read back, are the truth", () => {
  fc.assert(fc.property(fc.array(anyRollup, { minLength: 1, maxLength: 3 }), anyRollup, (parts, truth) => {
    const minute = documents(parts);
    const correction = correctionOf(minute, truth, { started: 2, reached: [2, 1, 0, 0] });
    const stored: CorrectionDocument = fromCorrection(correction!, minute.parts);
    const sum = [...minute.parts, stored].map(decodeRollup).reduce(merge, emptyRollup());
    assert.deepEqual(differences(factsOf(sum), factsOf(truth)), []);
    assert.deepEqual(sum.latency.total, truth.latency.total);
    assert.deepEqual(stored.cohort.reached, [2, 1, 0, 0]);
  }));
});

Deno.test("a minute that is right has no correction", () => {
  fc.assert(fc.property(fc.array(anyRollup, { minLength: 1, maxLength: 3 }), (parts) => {
    const truth = parts.reduce(merge);
    assert.equal(correctionOf(documents(parts), truth, { started: 0, reached: [0, 0, 0, 0] }), undefined);
    assert.equal(correctionOf(documents(parts), truth, undefined), undefined);
  }));
});

Deno.test("a correction grows with the documents it was made for, and goes with the first of them", () => {
  const at = (minutes: number) => new Date(MINUTE + minutes * 60_000);
  const parts = [
    { ...minuteDocument({ minuteMs: MINUTE, through: 7 }), touched: at(5), first_append: at(1) },
    {
      ...minuteDocument({ minuteMs: MINUTE, partition: 1, through: 4 }),
      touched: at(3),
      first_append: at(2),
    },
  ];
  const correction = correctionOf({ ...documents([]), parts }, { ...emptyRollup() }, {
    started: 1,
    reached: [1, 0, 0, 0],
  });
  const stored = fromCorrection(correction!, parts);
  assert.equal(stored.through, 11);
  assert.deepEqual(stored.touched, at(3));
  assert.deepEqual(stored.last_append, at(1), "it brings no late event into the minute");
});
