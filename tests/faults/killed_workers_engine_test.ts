import { deepEqual, ok } from "node:assert/strict";
import { makeRecountFile } from "../recount_file.ts";
import { seededRandom } from "../seeded_random.ts";
import { waitUntil } from "../wait_until.ts";
import { piecesOf, recordsOfLines } from "./line_records.ts";
import type { Reading, RollupProcess } from "./rollup_process.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { booksOf, deadLettersOf, differencesFrom, storedThrough, untilRead } from "./stored_recount.ts";

const EVENTS = 100_000;
const SEED = 3;
const ROUNDS = 3;
const NAMES = ["a", "b", "c"] as const;

Deno.test("three workers, three rounds of kill -9, 100,000 events: every minute equals the recount", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = await makeRecountFile({ path: `${folder}/events.ndjson`, events: EVENTS, seed: SEED });
    const records = recordsOfLines(await Deno.readFile(file.path));
    await withSurroundings({ partitions: 6 }, async (surroundings) => {
      const random = seededRandom(SEED);
      const workers = new Map(NAMES.map((name) => [name, surroundings.start(name)]));
      let redelivered = 0;
      for (const [round, piece] of piecesOf(records, ROUNDS + 1).entries()) {
        const { read } = await booksOf(surroundings);
        const appending = surroundings.log.append(surroundings.topic, piece);
        if (round < ROUNDS) {
          await waitUntil(
            "the workers reading",
            30_000,
            async () => (await booksOf(surroundings)).read > read,
          );
          redelivered += await killOne(surroundings, workers, random.pick(NAMES));
        }
        await appending;
      }

      const books = await untilRead(surroundings, records.length, 60_000);
      const { counted, duplicates, refused } = file.recount;
      const { late, skewed, ...balance } = books;
      deepEqual(balance, { read: records.length, counted, duplicates, dead_lettered: refused.length });
      ok(late > 0 && skewed === 0, `${late} late, ${skewed} skewed`);
      deepEqual(await differencesFrom(file.recount, surroundings), []);
      const letters = await deadLettersOf(surroundings);
      deepEqual(
        letters.map(({ value }) => textOf(value)).sort(),
        refused.map(({ line }) => textOf(records[line - 1]!.value)).sort(),
      );
      console.log(`${redelivered} records were read again after the kills`);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Kills a worker that has partitions to read, starts it anew, and answers how many records are then read again. */
async function killOne(
  surroundings: Surroundings,
  workers: Map<typeof NAMES[number], RollupProcess>,
  name: typeof NAMES[number],
): Promise<number> {
  const victim = workers.get(name)!;
  const stored = await storedThrough(surroundings);
  const others = NAMES.filter((other) => other !== name).map((other) => workers.get(other)!);
  const before = others.map((other) => other.readings().length);
  await victim.kill();
  const next = surroundings.start(name);
  workers.set(name, next);
  const again = (): Reading[] => [
    ...next.readings(),
    ...others.flatMap((other, at) => other.readings().slice(before[at])),
  ];
  const rereads = await waitUntil("records that are read again", 20_000, () => {
    const rereads = again().map(({ partition, from }) => (stored.get(partition) ?? 0) - from);
    return rereads.some((records) => records > 0) && rereads;
  });
  return rereads.filter((records) => records > 0).reduce((sum, records) => sum + records, 0);
}

function textOf(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
