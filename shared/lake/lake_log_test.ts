import assert from "node:assert/strict";
import { lakeIn } from "./lake.ts";
import { append, heldRows, namesOf, openedAnew, records, T0 } from "./lake_fixture.ts";
import type { Proposal } from "./lake_log.ts";
import { MemoryStore } from "./memory_store.ts";

const at = (number: number) => `_log/commit/${String(number).padStart(20, "0")}.json`;

function appendOf(from: number, through: number): Proposal {
  return { kind: "append", partition: 0, from, through, appendedMs: undefined, adds: [] };
}

Deno.test("a proposal is made anew on what was committed meanwhile, and may be withdrawn", async () => {
  const store = new MemoryStore();
  const [lake, other] = [openedAnew(store), openedAnew(store)];
  await other.commit(() => appendOf(0, 5));
  const seen: number[] = [];
  const committed = await lake.commit((manifest) => {
    seen.push(manifest.position(0));
    return manifest.position(0) === 0 ? appendOf(0, 3) : undefined;
  });
  assert.equal(committed, false);
  assert.deepEqual(seen, [0, 5]);
  assert.equal((await openedAnew(store).refresh()).position(0), 5);
});

Deno.test("one whose reply got lost knows its own commit again", async () => {
  const store = new MemoryStore();
  const create = store.create.bind(store);
  // As a client does that sends a request again when it gets no answer to the first.
  store.create = async (key, bytes) => {
    await create(key, bytes);
    return await create(key, bytes);
  };
  assert.equal(await openedAnew(store).commit(() => appendOf(0, 5)), true);
  assert.deepEqual(store.keys(), [at(0)]);
});

Deno.test("the log is summed up in checkpoints: a start reads the last one and a few commits, whatever its age", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  for (let end = 1; end <= 20; end++) {
    await append(lake, 0, records(0, end));
    await lake.settle();
  }
  const log = store.keys().filter((key) => key.startsWith("_log/"));
  assert.ok(log.length <= 10, log.join());
  const reads: string[] = [];
  const read = store.read.bind(store);
  store.read = (key) => {
    reads.push(key);
    return read(key);
  };
  const fresh = await openedAnew(store).refresh();
  assert.equal(fresh.position(0), 20);
  assert.ok(reads.length <= 8, reads.join());
  assert.deepEqual(await heldRows(openedAnew(store)), namesOf(0, records(0, 20)));
});

Deno.test("a reader that slept while commits were summed up and removed goes on from the checkpoint", async () => {
  const store = new MemoryStore();
  const sleeper = openedAnew(store);
  const lake = openedAnew(store);
  await append(lake, 0, records(0, 1));
  await sleeper.refresh();
  for (let end = 2; end <= 20; end++) {
    await append(lake, 0, records(0, end));
    await lake.settle();
  }
  assert.equal(await store.read(at(1)), undefined);
  assert.equal((await sleeper.refresh()).position(0), 20);
});

Deno.test("a writer that slept so long can't commit under a number that was removed", async () => {
  const store = new MemoryStore();
  const sleeper = openedAnew(store);
  const lake = openedAnew(store);
  for (let end = 1; end <= 20; end++) {
    await append(lake, 0, records(0, end));
    await lake.settle();
  }
  const committed = await sleeper.commit((manifest) =>
    manifest.position(0) === 0 ? appendOf(0, 7) : undefined
  );
  assert.equal(committed, false);
  assert.equal(await store.read(at(0)), undefined);
  assert.equal((await openedAnew(store).refresh()).position(0), 20);
});

Deno.test("staged files that nobody commits are removed when they are old, and not before", async () => {
  const store = new MemoryStore();
  let nowMs = 0;
  const lake = lakeIn(store, { nowMs: () => nowMs, orphanMs: 1_000 });
  const { staged } = await lake.stage(new Uint8Array(3));
  nowMs = 1_000;
  await lake.settle();
  assert.deepEqual(store.keys(), [staged]);
  nowMs = 1_001;
  await lake.settle();
  assert.deepEqual(store.keys(), []);
});

Deno.test("a writer does not commit a file that may have been removed as an orphan", async () => {
  const store = new MemoryStore();
  let nowMs = T0;
  const lake = lakeIn(store, { nowMs: () => nowMs, orphanMs: 1_000 });
  const staged = await lake.stage(new Uint8Array(3));
  const file = { ...staged, path: "a.parquet", storeId: "north", hourMs: 0, ranges: {} };
  nowMs += 501;
  await assert.rejects(lake.commit(() => ({ ...appendOf(0, 1), adds: [file] } as Proposal)), {
    message: "Cannot commit a.parquet: it was staged too long ago to be sure that it is still there",
  });
  assert.equal((await lake.refresh()).next, 0);
});
