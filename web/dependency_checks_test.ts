import assert from "node:assert/strict";
import { NOW, partitionBooks } from "./app_fixture.ts";
import { checkFeed, checkRollup, checkWarehouse } from "./dependency_checks.ts";

const books = () => Promise.resolve([partitionBooks(0)]);
const HELD = 10;

Deno.test("the rollup works while every partition is written to", async () => {
  assert.deepEqual(await checkRollup(books, () => NOW + 15_000)(), { age_ms: 15_000, lag: 3 });
});

Deno.test("the rollup has failed when a partition is not written to any more", async () => {
  await assert.rejects(
    checkRollup(books, () => NOW + 16_000)(),
    /partition 0 was last written 16 s ago/,
  );
});

Deno.test("the rollup has failed when it never began", async () => {
  await assert.rejects(checkRollup(() => Promise.resolve([]), () => NOW)(), /no rollup worker has written/);
});

Deno.test("the warehouse works when it has all that the rollup has seen, however long ago", async () => {
  let nowMs = NOW;
  const check = checkWarehouse(() => Promise.resolve(HELD), books, () => nowMs);
  await check();
  nowMs += 3_600_000;
  assert.deepEqual(await check(), { held: HELD, lag: 0 });
});

Deno.test("a warehouse that is behind works while it moves, and has failed when it stands still", async () => {
  let nowMs = NOW;
  let held = 3;
  const check = checkWarehouse(() => Promise.resolve(held), books, () => nowMs);
  assert.deepEqual(await check(), { held: 3, lag: 7 });
  nowMs += 16_000;
  held = 4;
  assert.deepEqual(await check(), { held: 4, lag: 6 });
  nowMs += 16_000;
  await assert.rejects(check(), /6 events behind and has stood still for 16 s/);
});

Deno.test("a feed that is not connected has failed", async () => {
  await checkFeed(() => true)();
  await assert.rejects(checkFeed(() => false)(), /not connected/);
});
