import assert from "node:assert/strict";
import fc from "fast-check";
import { MINUTE_MS } from "@countinghouse/core";
import { minuteDocument, partitionDocument } from "./minute_fixture.ts";
import { minuteStatus } from "./minute_status.ts";

const MINUTE = Date.parse("2026-03-01T12:00:00Z");
const END = MINUTE + MINUTE_MS;
const LATENESS_MS = 600_000;
const SETTLED = END + LATENESS_MS;
const CLOCK_DIFFERENCE_MS = 2_000;
const A_DAY_LATER = MINUTE + 86_400_000;

const passed = partitionDocument({ _id: 0, watermark: new Date(END) });
const behind = partitionDocument({ _id: 1, watermark: new Date(END - 1) });
const caughtUpAt = (atMs: number, _id = 1) => partitionDocument({ _id, caught_up: new Date(atMs) });
const idle = caughtUpAt(SETTLED + CLOCK_DIFFERENCE_MS);
const open = (partition: number, firstMs = MINUTE, lastMs = firstMs) =>
  minuteDocument({
    minuteMs: MINUTE,
    partition,
    first_append: new Date(firstMs),
    last_append: new Date(lastMs),
  });
const closed = (partition: number, restatements = 0) =>
  minuteDocument({ minuteMs: MINUTE, partition, closed: true, restatements });

const cases = [
  { name: "no partition has reported yet", partitions: [], documents: [open(0)], is: "provisional" },
  { name: "every watermark has passed its end", partitions: [passed], documents: [open(0)], is: "final" },
  {
    name: "one watermark is a millisecond short",
    partitions: [passed, behind],
    documents: [open(0)],
    is: "provisional",
  },
  {
    name: "the one that is short has closed its document",
    partitions: [passed, behind],
    documents: [open(0), closed(1)],
    is: "final",
  },
  {
    name: "the silent partition was caught up when the minute was settled",
    partitions: [passed, idle],
    documents: [open(0)],
    is: "final",
  },
  {
    name: "the silent partition was caught up, but last a millisecond before that",
    partitions: [passed, caughtUpAt(SETTLED + CLOCK_DIFFERENCE_MS - 1)],
    documents: [open(0)],
    is: "provisional",
  },
  {
    name: "it has a document of a partition that has not reported",
    partitions: [passed],
    documents: [open(0), open(1)],
    is: "provisional",
  },
  {
    name: "it was corrected after it closed",
    partitions: [passed],
    documents: [closed(0, 2)],
    is: "restated",
  },
  {
    name: "it was corrected, and another partition is still open",
    partitions: [passed, behind],
    documents: [closed(0, 2), open(1)],
    is: "provisional",
  },
  {
    name: "the silent partition resumed with an event of it a millisecond too late",
    partitions: [passed, idle],
    documents: [open(0), open(1, SETTLED + 1)],
    is: "restated",
  },
  {
    name: "the silent partition resumed with an event of it just in time",
    partitions: [passed, idle],
    documents: [open(0), open(1, SETTLED)],
    is: "final",
  },
  {
    name: "it is loaded from a file in one go, a day later",
    partitions: [passed, caughtUpAt(A_DAY_LATER + MINUTE_MS + CLOCK_DIFFERENCE_MS)],
    documents: [open(0, A_DAY_LATER), open(1, A_DAY_LATER + 50, A_DAY_LATER + 3_000)],
    is: "final",
  },
  {
    name: "it is still being loaded from a file, a day later",
    partitions: [passed, caughtUpAt(A_DAY_LATER + 1_000)],
    documents: [open(0, A_DAY_LATER)],
    is: "provisional",
  },
  {
    name: "a second file had some of it, an hour after the first",
    partitions: [passed, caughtUpAt(A_DAY_LATER + 2 * 3_600_000)],
    documents: [open(0, A_DAY_LATER), open(1, A_DAY_LATER + 3_600_000)],
    is: "restated",
  },
] as const;

for (const { name, partitions, documents, is } of cases) {
  Deno.test(`a minute is ${is} when ${name}`, () => {
    assert.equal(minuteStatus(MINUTE, documents, partitions, LATENESS_MS), is);
  });
}

Deno.test("whatever idle partitions bring and when: what changes after it was final is restated", () => {
  const appends = fc.array(
    fc.record({ partition: fc.nat(2), atMs: fc.integer({ min: 0, max: 3 * LATENESS_MS }) }),
    { minLength: 2, maxLength: 12 },
  );
  let changedWhenFinal = 0;
  fc.assert(fc.property(appends, fc.constantFrom(MINUTE, A_DAY_LATER), (given, baseMs) => {
    const inOrder = given.map(({ partition, atMs }) => ({ partition, atMs: baseMs + atMs }))
      .sort((a, b) => a.atMs - b.atMs);
    let wasFinal = false;
    for (const [at, { atMs }] of inOrder.entries()) {
      const before = documentsOf(inOrder.slice(0, at));
      const caughtUp = [0, 1, 2].map((partition) => caughtUpAt(atMs - 1, partition));
      wasFinal ||= before.length > 0 && minuteStatus(MINUTE, before, caughtUp, LATENESS_MS) !== "provisional";
      if (!wasFinal) continue;
      changedWhenFinal++;
      const now = documentsOf(inOrder.slice(0, at + 1));
      assert.equal(minuteStatus(MINUTE, now, caughtUp, LATENESS_MS), "restated");
    }
  }));
  assert.ok(changedWhenFinal > 0, "no minute was final before it changed");
});

function documentsOf(appends: readonly { readonly partition: number; readonly atMs: number }[]) {
  const byPartition = Map.groupBy(appends, ({ partition }) => partition);
  return [...byPartition].map(([partition, all]) =>
    open(partition, Math.min(...all.map(({ atMs }) => atMs)), Math.max(...all.map(({ atMs }) => atMs)))
  );
}
