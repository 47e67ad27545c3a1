import assert from "node:assert/strict";
import { compactLake } from "./compaction.ts";
import { eraseUser } from "./erase_user.ts";
import {
  append,
  EVERYTHING,
  heldRows,
  openedAnew,
  record,
  records,
  T0,
  visibleRows,
} from "./lake_fixture.ts";
import { readLakeRows } from "./lake_rows.ts";
import { MemoryStore } from "./memory_store.ts";

Deno.test("a user's rows are gone from the lake and from every file, and nobody else's", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  await append(lake, 0, records(0, 12));
  const before = (await Array.fromAsync(readLakeRows(lake, EVERYTHING))).flat();
  const receipt = await eraseUser(lake, "north", "u0");
  assert.deepEqual(receipt, {
    storeId: "north",
    userId: "u0",
    filesLookedAt: 2,
    filesRewritten: 2,
    rowsRemoved: 2,
  });
  const after = (await Array.fromAsync(readLakeRows(lake, EVERYTHING))).flat();
  const kept = before.filter((row) => !(row.store_id === "north" && row.user_id === "u0"));
  assert.equal(kept.length, 10);
  assert.deepEqual(after, kept);
  assert.deepEqual(await visibleRows(store), await heldRows(lake));
});

Deno.test("an hour that held nobody else is no file any more, and a second erasure finds nothing", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  await append(lake, 0, [record(0)]);
  assert.equal((await eraseUser(lake, "north", "u0")).rowsRemoved, 1);
  assert.deepEqual(store.keys().filter((key) => key.endsWith(".parquet")), []);
  assert.equal((await lake.refresh()).position(0), 1);
  assert.deepEqual(await eraseUser(lake, "north", "u0"), {
    storeId: "north",
    userId: "u0",
    filesLookedAt: 0,
    filesRewritten: 0,
    rowsRemoved: 0,
  });
});

Deno.test("a compaction that comes in between hides nothing from the erasure", async () => {
  const store = new MemoryStore();
  const [lake, other] = [openedAnew(store), openedAnew(store)];
  await append(lake, 0, records(0, 6));
  await append(lake, 0, records(0, 12));
  let compacting: Promise<unknown> | undefined;
  store.before = (action, key) => {
    if (action !== "create" || !key.startsWith("_staged/") || compacting !== undefined) return;
    compacting = compactLake(other, { nowMs: () => T0 + 1, quietMs: 0, maxRows: 1_000 });
  };
  const { rowsRemoved } = await eraseUser(lake, "north", "u0");
  await compacting;
  assert.equal(rowsRemoved, 2);
  assert.ok(!(await heldRows(openedAnew(store))).includes("0/0006"));
  assert.equal((await heldRows(openedAnew(store))).length, 10);
});

Deno.test("what came behind the given offsets stays, and a dry run only counts", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  await append(lake, 0, records(0, 12));
  const below = new Map([[0, 6]]);
  const whatIf = await eraseUser(lake, "north", "u0", { below, dryRun: true });
  assert.deepEqual([whatIf.rowsRemoved, whatIf.filesRewritten], [1, 1]);
  assert.equal((await heldRows(lake)).length, 12);
  assert.equal((await eraseUser(lake, "north", "u0", { below })).rowsRemoved, 1);
  const held = await heldRows(openedAnew(store));
  assert.ok(!held.includes("0/0000") && held.includes("0/0006"));
});
