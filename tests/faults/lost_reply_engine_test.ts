import { deepEqual, ok } from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { waitUntil } from "../wait_until.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import { startMongoProxy } from "./mongo_proxy.ts";
import { withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, untilRead } from "./stored_recount.ts";

const PARTITIONS = 2;
const PIECES = 6;
/** The driver makes a write once more by itself, so that only the second loss in a row reaches the worker. */
const LOST_IN_A_ROW = 4;

for (const collection of ["minutes", "partitions"]) {
  Deno.test(`MongoDB applies writes of ${collection} and its replies are lost: no gap, no double`, async () => {
    const startMs = Date.parse("2026-03-01T10:00:00Z");
    const records = randomRecords({ events: 12_000, seed: 41, startMs, spanMs: 180_000, repeated: 200 });
    await using proxy = startMongoProxy(loadEndpoints(loadSettings()).mongoUri);
    await withSurroundings({ partitions: PARTITIONS }, async (surroundings) => {
      const worker = surroundings.start("a", { MONGO_URI: surroundings.mongoUriAt(proxy.port) });
      await waitUntil("a worker that reads", 30_000, () => worker.readings().length === PARTITIONS);
      let appended = 0;
      for (const piece of piecesOf(records, PIECES)) {
        let left = LOST_IN_A_ROW;
        proxy.fateOf = (updated) => updated === collection && left-- > 0 ? "lose reply" : "pass";
        await surroundings.log.append(surroundings.topic, piece);
        appended += piece.length;
        await waitUntil("replies that were lost", 20_000, () => left <= 0);
        await untilRead(surroundings, appended, 20_000);
      }
      proxy.fateOf = () => "pass";
      await assertEqualToRecount(surroundings, await recountOf(records), 30_000);
      const applied = proxy.lost.filter((changed) => changed > 0);
      ok(applied.length >= PIECES, `replies were lost to ${applied.length} writes that had been applied`);
      const retried = worker.lines().filter((line) => line.includes("works again: writing partition"));
      ok(retried.length > 0, "the worker never made a write again");
      const from = worker.readings().map((reading) => reading.from);
      deepEqual(from, Array(PARTITIONS).fill(0), "the worker began anew instead of going on");
    });
  });
}
