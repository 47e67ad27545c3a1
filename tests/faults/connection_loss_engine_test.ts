import { deepEqual, ok } from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { waitUntil } from "../wait_until.ts";
import { startKafkaBehindProxy } from "./kafka_behind_proxy.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import { withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, booksOf, untilRead } from "./stored_recount.ts";

const PARTITIONS = 2;
const ROUNDS = 5;
const START_MS = Date.parse("2026-03-01T10:00:00Z");

Deno.test("the broker's connections are cut in mid-batch: no gap, no double", async () => {
  const records = randomRecords({
    events: 50_000,
    seed: 11,
    startMs: START_MS,
    spanMs: 300_000,
    repeated: 500,
  });
  const dataDir = await Deno.makeTempDir();
  try {
    await using kafka = await startKafkaBehindProxy(dataDir);
    const engines = { ...loadEndpoints(loadSettings()), kafkaBootstrapServers: kafka.bootstrapServers };
    await withSurroundings({ partitions: PARTITIONS, engines }, async (surroundings) => {
      const { log, topic } = surroundings;
      const worker = surroundings.start("a", { LOG_LEVEL: "debug" });
      await waitUntil("a worker that reads", 30_000, () => worker.readings().length === PARTITIONS);
      let appended = 0;
      for (const piece of piecesOf(records, ROUNDS)) {
        // A batch takes a second to come through then, piece by piece, so that the cut falls between them.
        kafka.proxy.replyDelayMs = 100;
        await log.append(topic, piece);
        appended += piece.length;
        const lostBefore = fetchesLost(worker.lines());
        ok((await booksOf(surroundings)).read < appended, "all was read before the cut");
        kafka.proxy.cut();
        kafka.proxy.replyDelayMs = 0;
        await waitUntil("a fetch that was lost", 20_000, () => fetchesLost(worker.lines()) > lostBefore);
        await untilRead(surroundings, appended, 20_000);
      }
      await assertEqualToRecount(surroundings, await recountOf(records), 60_000);
      deepEqual(
        worker.readings().map(({ from }) => from),
        [0, 0],
        "the worker began anew instead of going on",
      );
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** How many requests for records failed, as the worker says at the level "debug". */
function fetchesLost(lines: readonly string[]): number {
  return lines.filter((line) => /^(debug|warn): .* while="reading /.test(line)).length;
}
