import { equal, ok } from "node:assert/strict";
import { startEngines } from "@countinghouse/infra";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { waitUntil } from "../wait_until.ts";
import { enginesFolder } from "./kafka_behind_proxy.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { residentBytes, watchMemory } from "./resident_memory.ts";
import { assertEqualToRecount, booksOf } from "./stored_recount.ts";

const EVENTS = 250_000;
/** So many of them come before the outage. */
const FIRST = 5_000;
const AWAY_MS = 20_000;
/** A worker stops reading a partition when so many records wait for the store; a batch may come on top. */
const MOST_WAITING = 50_000;
const BATCH = 30_000;
/** Room for what waits, the batches on their way and the runtime's own. */
const MOST_GROWTH_BYTES = 300 * 1024 * 1024;
/** What is read while nothing is written may grow its memory in the first half of the outage, not in the second. */
const MOST_DRIFT_BYTES = 32 * 1024 * 1024;

Deno.test("MongoDB is away for 20 s under load: reading stops, memory is bounded, all is exact in the end", async () => {
  const startMs = Date.parse("2026-03-01T10:00:00Z");
  const records = randomRecords({ events: EVENTS, seed: 31, startMs, spanMs: 180_000, repeated: 1_000 });
  const [first, rest] = [records.slice(0, FIRST), records.slice(FIRST)];
  const dataDir = await Deno.makeTempDir();
  try {
    await using mongo = await startEngines({
      dataDir,
      enginesDir: enginesFolder(),
      only: ["mongo"],
      say: () => {},
    });
    const engines = { ...loadEndpoints(loadSettings()), mongoUri: mongo.endpoints.mongoUri };
    await withSurroundings({ partitions: 1, engines }, async (surroundings) => {
      const { log, topic } = surroundings;
      const worker = surroundings.start("a");
      await log.append(topic, first);
      await waitUntil("the first records", 30_000, async () => {
        return (await booksOf(surroundings)).read === first.length;
      });
      const residentBefore = await residentBytes(worker.pid);

      // It hangs at first, and dies in the end: what it has acknowledged it has, and nothing else.
      mongo.kill("mongo", "SIGSTOP");
      const watching = watchMemory(worker.pid, AWAY_MS);
      for (const piece of piecesOf(rest, 25)) await log.append(topic, piece);
      const [most, later] = await watching;
      mongo.kill("mongo", "SIGKILL");
      await mongo.ready("mongo");

      const largest = await largestWrite(surroundings, records.length);
      ok(largest <= MOST_WAITING + BATCH, `${largest} records were waiting for the store`);
      await assertEqualToRecount(surroundings, await recountOf(records), 60_000);
      equal(worker.readings().length, 1, "the worker began anew instead of waiting");
      ok(later - most < MOST_DRIFT_BYTES, `the worker went on growing, by ${later - most} bytes`);
      const grownBytes = most - residentBefore;
      ok(grownBytes < MOST_GROWTH_BYTES, `the worker grew by ${grownBytes} bytes`);
      console.log(
        `of ${rest.length} records at most ${largest} waited; the worker grew by ${grownBytes >> 20} MiB`,
      );
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** The most records by which the books grew at once until they held so many; looked at as often as possible. */
async function largestWrite(surroundings: Surroundings, records: number): Promise<number> {
  const endMs = performance.now() + 60_000;
  let largest = 0;
  for (let last = FIRST; last < records;) {
    if (performance.now() > endMs) {
      throw new Error(`Cannot see ${records} records in the books: it is ${last}`);
    }
    const { read } = await booksOf(surroundings);
    largest = Math.max(largest, read - last);
    last = read;
  }
  return largest;
}
