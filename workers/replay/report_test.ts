import assert from "node:assert/strict";
import { Binary } from "mongodb";
import { minuteDocument } from "@countinghouse/hot/fixture";
import { differences, finding } from "./finding.ts";
import type { PartitionReplay } from "./replay_partition.ts";
import { Report } from "./report.ts";
import { EVERYTHING, type Scope } from "./scope.ts";

const right = minuteDocument({
  minuteMs: 0,
  through: 7,
  counts: { events: 3 },
  money: { EUR: { gross: 5, refunds: 0 } },
});

Deno.test("documents are compared byte for byte", () => {
  assert.equal(finding(right, { ...right, counts: { ...right.counts } }), undefined);
  assert.equal(finding(undefined, undefined), undefined);
  assert.equal(finding(undefined, right), "missing");
  assert.equal(finding(right, undefined), "surplus");
  assert.equal(finding({ ...right, closed: !right.closed }, right), "changed");
  const { _id, ...rest } = right;
  assert.equal(finding({ ...rest, _id }, right), "changed", "other bytes: another order of the fields");
});

Deno.test("in what they differ is told by path", () => {
  const live = {
    ...right,
    counts: { ...right.counts, events: 4 },
    money: {},
    latency: new Binary(new Uint8Array(3)),
    minute: new Date(1),
  };
  assert.deepEqual(differences(live, right), [
    "minute is 1970-01-01T00:00:00.001Z instead of 1970-01-01T00:00:00.000Z",
    "counts.events is 4 instead of 3",
    'money.EUR is absent instead of {"gross":5,"refunds":0}',
    `latency is 3 bytes instead of ${right.latency.length()} bytes`,
  ]);
  assert.deepEqual(differences(right, right), []);
});

const tally = { compared: 1_234, changed: 3, missing: 1, surplus: 0, unsettled: 0 };
const whole: PartitionReplay = { tally, through: 9 as never, rebuildableFromMs: 0, books: [], stores: [] };

function linesOf(dryRun: boolean, tell: (report: Report) => void, scope?: Scope): string[] {
  const lines: string[] = [];
  tell(new Report({ dryRun, scope }, (line) => lines.push(line)));
  return lines;
}

Deno.test("the first differences are told, and how many more there are", () => {
  const live = { ...right, counts: { ...right.counts, events: 4 } };
  const lines = linesOf(true, (report) => {
    for (let n = 0; n < 25; n++) {
      report.difference({ kind: "minutes", id: "a", finding: "changed", live, right });
    }
    report.summary({ tally, partitions: new Map([[0, whole]]), stores: [] });
  });
  assert.equal(lines.length, 22);
  assert.equal(lines[0], "minutes a differs: counts.events is 4 instead of 3");
  assert.deepEqual(lines.slice(-2), [
    "and 5 more",
    "compared 1,234 documents in 1 partitions: 1,230 equal, 3 to be repaired, 1 to be added, 0 to be removed",
  ]);
});

Deno.test("what can't be rebuilt, wrong books and documents that do not stay right are told", () => {
  const cut = { ...whole, books: undefined, rebuildableFromMs: Date.parse("2026-03-01T12:00:00Z") };
  const gone = { ...cut, rebuildableFromMs: Infinity };
  const wrong = { ...whole, books: ["books.ledger.read is 1 instead of 2"] };
  const lines = linesOf(false, (report) => {
    const partitions = new Map<number, PartitionReplay>([[0, wrong], [1, cut], [2, gone]]);
    report.summary({ tally: { ...tally, unsettled: 2 }, partitions, stores: ["nord"] });
  });
  const tail = "its books and its snapshots can't be rebuilt from it; left as they are. " +
    "For minutes use --source lake with --from and --to";
  assert.deepEqual(lines, [
    "partition 0: books.ledger.read is 1 instead of 2",
    `partition 1: the start of the log was removed, so minutes before 2026-03-01T12:00:00.000Z, ${tail}`,
    `partition 2: the start of the log was removed, so its minutes, ${tail}`,
    "store nord: another event was its first with money",
    "compared 1,234 documents in 3 partitions: 1,230 equal, 3 repaired, 1 added, 0 removed",
    "2 differ again after they were repaired: a worker's own state is wrong; use --all",
  ]);
});

Deno.test("of an interval only what the log no longer holds of it is told, and where it can be had", () => {
  const cutMs = Date.parse("2026-03-01T12:00:00Z");
  const cut = { ...whole, books: undefined, rebuildableFromMs: cutMs };
  const told = (fromMs: number) =>
    linesOf(false, (report) => {
      report.summary({ tally, partitions: new Map([[0, cut]]), stores: [] });
    }, { ...EVERYTHING, fromMs }).slice(0, -1);
  assert.deepEqual(told(cutMs), []);
  assert.deepEqual(told(cutMs - 60_000), [
    "partition 0: the start of the log was removed, so minutes before 2026-03-01T12:00:00.000Z can't be rebuilt " +
    "from it; left as they are. For minutes use --source lake with --from and --to",
  ]);
});
