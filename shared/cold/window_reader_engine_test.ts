import assert from "node:assert/strict";
import fc from "fast-check";
import { LatencyHistogram } from "@countinghouse/core";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { latencyBucket } from "./rollup_columns.ts";
import { windowStart } from "./window_grid.ts";

Deno.test("a duration falls into the same bucket as in the rollup's histogram", () =>
  withColdStore(async (store) => {
    const powers = Array.from({ length: 34 }, (_, power) => 2 ** power);
    const random = fc.sample(fc.integer({ min: -10, max: 2 ** 33 }), { numRuns: 500, seed: 1 });
    const durations = [
      ...powers,
      ...powers.map((power) => power - 1),
      ...powers.map((power) => power * 1.25),
      ...random,
    ]
      .map(Math.floor);
    const found = await rowsOf<{ bucket: number }>(
      store,
      `SELECT ${latencyBucket("duration")} AS bucket FROM (SELECT arrayJoin([${durations}]) AS duration)`,
    );
    const bucketOf = (durationMs: number) => {
      const histogram = LatencyHistogram.empty();
      histogram.record(durationMs);
      return histogram.toWords()[0];
    };
    assert.deepEqual(found.map(({ bucket }) => bucket), durations.map(bucketOf));
  }));

Deno.test("a time lies in the window that the query says, also where clocks are changed", () =>
  withColdStore(async (store) => {
    const hours = [24, 24, 23, 24, 24, 25, 24.5, 24];
    let atMs = Date.parse("2026-03-27T23:00:00Z");
    const windows = hours.map((width) => ({ fromMs: atMs, toMs: atMs += width * 3_600_000 }));
    const times = fc.sample(fc.integer({ min: windows[0]!.fromMs / 1_000, max: atMs / 1_000 - 1 }), {
      numRuns: 300,
      seed: 1,
    });
    const found = await rowsOf<{ second: string }>(
      store,
      `SELECT toString(${windowStart("toDateTime(time, 'UTC')", windows)}) AS second
        FROM (SELECT arrayJoin([${times}]) AS time)`,
    );
    assert.deepEqual(
      found.map(({ second }) => Number(second)),
      times.map((time) => windows.findLast(({ fromMs }) => fromMs <= time * 1_000)!.fromMs / 1_000),
    );
  }));
