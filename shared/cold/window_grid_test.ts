import assert from "node:assert/strict";
import { gridOf, windowStart } from "./window_grid.ts";

const HOUR_MS = 3_600_000;
const windows = (fromMs: number, ...hours: number[]) => {
  let atMs = fromMs;
  return hours.map((width) => ({ fromMs: atMs, toMs: atMs += width * HOUR_MS }));
};
const MIDNIGHT = Date.parse("2026-03-28T00:00:00Z");

for (
  const [name, asked, gridMs] of [
    ["days of UTC", windows(MIDNIGHT, 24, 24), 24 * HOUR_MS],
    ["days of a zone on the hour", windows(MIDNIGHT - HOUR_MS, 24, 23, 24), HOUR_MS],
    ["days of a zone on the half hour", windows(MIDNIGHT - 5.5 * HOUR_MS, 24, 24), HOUR_MS / 2],
    ["hours", windows(MIDNIGHT, 1, 1, 1), HOUR_MS],
  ] as const
) {
  Deno.test(`${name} lie on a grid of ${gridMs} ms`, () => assert.equal(gridOf(asked), gridMs));
}

Deno.test("windows of equal width are one run in the query, however many they are", () => {
  const [year, changed] = [Array<number>(365).fill(24), [
    ...Array<number>(90).fill(24),
    23,
    ...Array<number>(90).fill(24),
  ]];
  assert.equal(
    windowStart("start", windows(MIDNIGHT, ...year)).match(/\[[^\]]*\]/)?.[0],
    `[${MIDNIGHT / 1_000}]`,
  );
  assert.equal(
    windowStart("start", windows(MIDNIGHT, ...changed)).match(/\[[^\]]*\]/)?.[0].split(",").length,
    3,
  );
});
