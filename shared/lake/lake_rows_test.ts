import assert from "node:assert/strict";
import { compactLake } from "./compaction.ts";
import { append, EVERYTHING, namesOf, openedAnew, records, T0 } from "./lake_fixture.ts";
import { LakeFileMissingError, readLakeRows } from "./lake_rows.ts";
import { MemoryStore } from "./memory_store.ts";

const COMPACTION = { nowMs: () => T0 + 1, quietMs: 0, maxRows: 1_000 };
const MINUTE_MS = 60_000;

Deno.test("a range is half-open and of one store, or of every one", async () => {
  const lake = openedAnew(new MemoryStore());
  await append(lake, 0, records(0, 12));
  const offsets = async (range: Parameters<typeof readLakeRows>[1]) =>
    (await Array.fromAsync(readLakeRows(lake, range, ["offset"]))).flat().map(({ offset }) => offset).sort((
      a,
      b,
    ) => a - b);
  const range = { fromMs: T0 + 20 * MINUTE_MS, toMs: T0 + 80 * MINUTE_MS };
  assert.deepEqual(await offsets(range), [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(await offsets({ ...range, storeId: "north" }), [2, 4, 6]);
  assert.deepEqual(await offsets({ ...range, storeId: "nowhere" }), []);
});

Deno.test("while files are compacted under a reader, it sees each row once", async () => {
  const store = new MemoryStore();
  const [writer, reader] = [openedAnew(store), openedAnew(store)];
  for (let end = 2; end <= 30; end += 2) await append(writer, 0, records(0, end));
  const seen: string[] = [];
  let compacted = false;
  for await (const rows of readLakeRows(reader, EVERYTHING, ["partition", "offset"])) {
    seen.push(...rows.map(({ partition, offset }) => `${partition}/${String(offset).padStart(4, "0")}`));
    if (!compacted) await compactLake(writer, COMPACTION);
    compacted = true;
  }
  assert.deepEqual(seen.sort(), namesOf(0, records(0, 30)));
});

Deno.test("a file that was committed and not yet published is read where it was staged", async () => {
  const store = new MemoryStore();
  store.before = (action) => {
    if (action === "move") throw new Error("died");
  };
  await assert.rejects(append(openedAnew(store), 0, records(0, 3)));
  const rows = (await Array.fromAsync(readLakeRows(openedAnew(store), EVERYTHING, ["offset"]))).flat();
  assert.equal(rows.length, 3);
});

Deno.test("a file that somebody removed by hand is an error that names it", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  await append(lake, 0, records(0, 1));
  const { path } = lake.manifest.files()[0]!;
  await store.remove(path);
  await assert.rejects(Array.fromAsync(readLakeRows(lake, EVERYTHING)), (error: Error) => {
    assert.ok(error instanceof LakeFileMissingError);
    assert.equal(error.message, `Cannot read ${path}: the lake's log names it, but it is gone`);
    return true;
  });
});
