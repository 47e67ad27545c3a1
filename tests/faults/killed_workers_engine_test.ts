import { deepEqual, ok } from "node:assert/strict";
import { makeRecountFile } from "../recount_file.ts";
import { seededRandom } from "../seeded_random.ts";
import { waitUntil } from "../wait_until.ts";
import { piecesOf, recordsOfLines } from "./line_records.ts";
import type { RollupProcess } from "./rollup_process.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, deadLettersOf, storedThrough } from "./stored_recount.ts";

const EVENTS = 100_000;
const SEED = 3;
const ROUNDS = 3;
const PARTITIONS = 4;
const NAMES = ["a", "b", "c"] as const;

Deno.test("three workers, three rounds of kill -9, 100,000 events: every minute equals the recount", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = await makeRecountFile({ path: `${folder}/events.ndjson`, events: EVENTS, seed: SEED });
    const records = recordsOfLines(await Deno.readFile(file.path));
    // Workers come back under their names, so a long lease costs nothing, and a busy machine takes no partition away.
    await withSurroundings(
      { partitions: PARTITIONS, settings: { LEASE_MS: "10000" } },
      async (surroundings) => {
        const random = seededRandom(SEED);
        const workers = new Map(NAMES.map((name) => [name, surroundings.start(name)]));
        let redelivered = 0;
        for (const [round, piece] of piecesOf(records, ROUNDS + 1).entries()) {
          const before = await storedThrough(surroundings);
          const appending = surroundings.log.append(surroundings.topic, piece);
          if (round < ROUNDS) {
            await waitUntil("progress in every partition", 30_000, async () => {
              const now = await storedThrough(surroundings);
              return now.size === PARTITIONS &&
                [...now].every(([at, through]) => through > (before.get(at) ?? 0));
            });
            redelivered += await killOne(surroundings, workers, random.pick(NAMES));
          }
          await appending;
        }

        const { late } = await assertEqualToRecount(surroundings, file.recount, 120_000);
        ok(late > 0, "nothing came late");
        const letters = await deadLettersOf(surroundings);
        deepEqual(
          letters.map(({ value }) => textOf(value)).sort(),
          file.recount.refused.map(({ line }) => textOf(records[line - 1]!.value)).sort(),
        );
        ok(redelivered > 0, "no kill came between a write and its snapshot, so nothing was redelivered");
        console.log(`${redelivered} records were read again after the kills`);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/**
 * Kills a worker, starts it anew, and answers how many records were stored before the kill and are read again: by
 * the new one, or by those who have taken its partitions over.
 */
async function killOne(
  surroundings: Surroundings,
  workers: Map<typeof NAMES[number], RollupProcess>,
  name: typeof NAMES[number],
): Promise<number> {
  const stored = await storedThrough(surroundings);
  const before = new Map([...workers.values()].map((worker) => [worker, worker.readings().length]));
  await workers.get(name)!.kill();
  workers.set(name, surroundings.start(name));
  const readings = await waitUntil("a partition that is read again", 20_000, () => {
    const readings = [...workers.values()].flatMap((worker) =>
      worker.readings().slice(before.get(worker) ?? 0)
    );
    return readings.length > 0 && readings;
  });
  return readings.reduce(
    (sum, { partition, from }) => sum + Math.max(0, (stored.get(partition) ?? 0) - from),
    0,
  );
}

function textOf(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
