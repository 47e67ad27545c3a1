import { deepEqual } from "node:assert/strict";
import { FAULT_POINTS, type FaultJournal, LATE_POINTS } from "./fault.ts";
import { judge } from "./judgement.ts";
import { simulate } from "./simulation.ts";

const SEEDS = 200;
/** Names one seed to run alone, and to tell all that happened in it. */
const FAULT_SEED = Deno.env.get("FAULT_SEED");

/** What has to happen in some of the seeds. */
const NAMED = [
  ...FAULT_POINTS.flatMap((point) => [`crash ${point}`, `stall ${point}`, `error ${point}`]),
  ...LATE_POINTS.map((point) => `late ${point}`),
  "begins while another goes on",
  "crash during a rebalance",
  "partitions taken away",
  "partitions given back",
  "stopped",
  "ended by an error",
  "newest snapshot damaged",
  "all snapshots damaged",
  "append unacknowledged",
  "dead letter appended again",
  "record delivered again",
  "stale document of a zombie refused",
  "stale document of a worker that replays refused",
];

Deno.test({
  name: `crashes at every point, ${SEEDS} seeds: nothing lost, nothing doubled, every document the same`,
  ignore: FAULT_SEED !== undefined,
  async fn() {
    const totals = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      for (const [what, times] of (await runExactly(seed)).counts) {
        totals.set(what, (totals.get(what) ?? 0) + times);
      }
    }
    deepEqual(NAMED.filter((what) => !totals.has(what)), [], "these never happened");
    const all = (kind: string) =>
      FAULT_POINTS.reduce((sum, point) => sum + (totals.get(`${kind} ${point}`) ?? 0), 0);
    console.log(
      `${all("crash")} crashes, ${all("stall")} stalls, ${all("error")} errors, ${
        all("late")
      } late effects; ` +
        `${totals.get("record delivered again")} records delivered again`,
    );
  },
});

if (FAULT_SEED !== undefined) {
  Deno.test(`seed ${FAULT_SEED} alone`, async () => {
    const { lines } = await runExactly(Number(FAULT_SEED));
    console.log(lines.join("\n"));
  });
}

async function runExactly(seed: number): Promise<FaultJournal> {
  let journal: FaultJournal | undefined;
  try {
    const outcome = await simulate(seed);
    journal = outcome.journal;
    await judge(outcome);
    return journal;
  } catch (error) {
    console.error(journal?.lines.join("\n"));
    throw new Error(`seed ${seed} is not exact; to run it alone, set FAULT_SEED=${seed}`, { cause: error });
  }
}
