/**
 * `deno run --allow-all --v8-flags=--expose-gc bench/state_memory.ts [--events 4000000] [--per-second 20000]`: what the
 * fold of one partition holds in memory after each million events, at the lateness and the horizons of the settings.
 * The shop is simulated twice, without and with the fold, and the difference is what the fold takes; the heap is
 * collected before each look at it. Tables double as they fill, so the figures rise in steps.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type LogRecord, MinuteFold, type Offset, type RecordBatch, START } from "@countinghouse/core";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import { loadSettings } from "@countinghouse/shared/config";
import { simulate } from "@countinghouse/simulate/simulation";

const MILLION = 1_000_000;
const BATCH = 5_000;

const { values: flags } = parseArgs({
  options: {
    events: { type: "string", default: String(4 * MILLION) },
    "per-second": { type: "string", default: "20000" },
  },
});
const events = Number(flags.events);
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("Cannot measure memory: run with --v8-flags=--expose-gc");

const options = foldOptions(loadSettings());

const shopAloneMb = run(() => {}, bytesInUse);
const fold = new MinuteFold(0, options);
run((batch) => {
  fold.needs(batch);
  fold.apply(batch);
  fold.take(false);
}, report);

/** Makes the shop's log; after each million events, and at the end, takes a look. Answers what it saw. */
function run<Seen>(foldIn: (batch: RecordBatch) => void, look: (at: number) => Seen): Seen[] {
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: Date.UTC(2026, 2, 1, 12),
    rate: Number(flags["per-second"]),
    rhythm: false,
    count: events,
    faults: { duplicates: 0, disorder: 0, late: 0, poison: 0 },
  });
  const seen: Seen[] = [];
  for (let from = START; from < events;) {
    const records: LogRecord[] = [];
    while (records.length < Math.min(BATCH, events - from)) {
      const { value, done } = shop.next();
      if (done) throw new Error("Cannot simulate: the shop ended too early");
      const offset = (from + records.length) as Offset;
      records.push({ offset, appendTimeMs: Math.floor(value.intendedMs), key: null, value: value.value });
    }
    const through = (from + records.length) as Offset;
    foldIn({ partition: 0, records, from, through, end: events as Offset });
    from = through;
    if (from % MILLION === 0 || from === events) seen.push(look(seen.length));
  }
  return seen;
}

function report(at: number): void {
  const heldMb = bytesInUse() - shopAloneMb[at]!;
  const snapshotMb = fold.snapshot().length / MILLION;
  console.log(JSON.stringify({
    million_events: fold.through / MILLION,
    ...fold.held,
    mb: Math.round(heldMb),
    mb_per_million_events: Math.round(heldMb / (fold.through / MILLION)),
    snapshot_mb: Math.round(snapshotMb),
  }));
}

/** Of the whole process, in MB. */
function bytesInUse(): number {
  collect!();
  collect!();
  const { heapUsed, external } = Deno.memoryUsage();
  return (heapUsed + external) / MILLION;
}
