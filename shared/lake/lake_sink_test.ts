import assert from "node:assert/strict";
import fc from "fast-check";
import type { Offset } from "@countinghouse/core";
import { compactLake } from "./compaction.ts";
import { lakeBooks } from "./lake_books.ts";
import {
  append,
  batchOf,
  heldRows,
  namesOf,
  openedAnew,
  record,
  records,
  T0,
  visibleRows,
} from "./lake_fixture.ts";
import { LakeSink } from "./lake_sink.ts";
import { MemoryStore } from "./memory_store.ts";

class Crash extends Error {}
/** Long after whatever was written. */
const COMPACTION = { nowMs: () => T0 + 1, quietMs: 0, maxRows: 1_000_000 };

Deno.test("each event is in the lake once, however the log is cut into batches, in any order of partitions", async () => {
  const cuts = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 12 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.boolean(), async (batches, compacted) => {
      const store = new MemoryStore();
      const lake = openedAnew(store);
      const reached = [0, 0];
      for (const [partition, length] of batches) {
        const from = reached[partition]!;
        await append(lake, partition, records(from, from + length));
        reached[partition] = from + length;
        await lake.settle();
      }
      if (compacted) await compactLake(lake, COMPACTION);
      const expected = reached.flatMap((end, partition) => namesOf(partition, records(0, end)));
      assert.deepEqual(await heldRows(lake), expected);
      assert.deepEqual(await visibleRows(store), expected);
      assert.deepEqual(await heldRows(openedAnew(store)), expected);
    }),
    { numRuns: 30 },
  );
});

Deno.test("files lie by store and hour, are named after partition and offsets, and nothing else is left", async () => {
  const store = new MemoryStore();
  await append(openedAnew(store), 3, records(0, 12));
  const name = "p0003-00000000000000000000-00000000000000000012.parquet";
  assert.deepEqual(store.keys().filter((key) => !key.startsWith("_log/")), [
    `store_id=north/dt=2026-03-01/hour=12/${name}`,
    `store_id=north/dt=2026-03-01/hour=13/${name}`,
    `store_id=south/dt=2026-03-01/hour=12/${name}`,
    `store_id=south/dt=2026-03-01/hour=13/${name}`,
  ]);
});

Deno.test("a record that is no event has no row, and the lake is behind it all the same", async () => {
  const lake = openedAnew(new MemoryStore());
  await append(lake, 0, [record(0), record(1, "{broken"), record(2, { user_id: "" })]);
  assert.deepEqual(await lakeBooks(lake), [{ partition: 0, held: 1, through: 3 }]);
  assert.deepEqual(await heldRows(lake), ["0/0000"]);
});

Deno.test("a sign of life, and a batch that is there already, change nothing", async () => {
  const store = new MemoryStore();
  const lake = openedAnew(store);
  await append(lake, 0, records(0, 6));
  const before = store.keys();
  const sink = new LakeSink(lake);
  await sink.write(batchOf(0, 0 as Offset, records(0, 6)));
  await sink.write(batchOf(0, 6 as Offset, []));
  assert.deepEqual(store.keys(), before);
});

Deno.test("of what a zombie writes, only what the lake has not yet comes in", async () => {
  const store = new MemoryStore();
  const [worker, zombie] = [openedAnew(store), openedAnew(store)];
  await append(worker, 0, records(0, 6));
  await zombie.refresh();
  await append(worker, 0, records(0, 12));
  await new LakeSink(zombie).write(batchOf(0, 6 as Offset, records(6, 9)));
  await new LakeSink(zombie).write(batchOf(0, 9 as Offset, records(9, 18)));
  assert.deepEqual(await heldRows(worker), namesOf(0, records(0, 18)));
  assert.deepEqual(await visibleRows(store), namesOf(0, records(0, 18)));
});

Deno.test("rows that would leave a gap are refused", async () => {
  const sink = new LakeSink(openedAnew(new MemoryStore()));
  await assert.rejects(sink.write(batchOf(0, 5 as Offset, records(5, 6))), {
    message: "Cannot append partition 0 from 5 on: the lake holds it through 0",
  });
});

Deno.test("two writers and a compaction at the same time bring every record in once", async () => {
  const store = new MemoryStore();
  const all = records(0, 60);
  const write = async () => {
    const lake = openedAnew(store);
    const sink = new LakeSink(lake);
    for (let from = 0 as Offset; from < 60; from = from + 6 as Offset) {
      await sink.write(batchOf(0, Math.min(from, await sink.position(0)) as Offset, all.slice(0, from + 6)));
      await lake.settle();
    }
  };
  const compact = async () => {
    const lake = openedAnew(store);
    for (let round = 0; round < 20; round++) await compactLake(lake, COMPACTION);
  };
  await Promise.all([write(), write(), compact()]);
  assert.deepEqual(await heldRows(openedAnew(store)), namesOf(0, all));
  assert.deepEqual(await visibleRows(store), namesOf(0, all));
});

/** Everything that changes the lake; each step goes on from what the lake holds. */
async function wholeLife(store: MemoryStore): Promise<void> {
  const lake = openedAnew(store);
  await lake.settle();
  await append(lake, 0, records(0, 2));
  await append(lake, 1, records(0, 2));
  await append(lake, 0, records(0, 4));
  await lake.settle();
  await compactLake(lake, COMPACTION);
  await append(lake, 0, records(0, 6));
  await lake.settle();
  await compactLake(lake, COMPACTION);
  await lake.settle();
}

const EXPECTED = [...namesOf(0, records(0, 6)), ...namesOf(1, records(0, 2))];

Deno.test("at whichever step a writer dies, nothing is lost, nothing comes twice, and nothing ever looks so", async () => {
  let changes = 0;
  const counting = new MemoryStore();
  counting.before = () => void changes++;
  await wholeLife(counting);
  assert.ok(changes > 40, `only ${changes} steps`);
  // "after" is a death, or a lost reply, right behind a change that was made.
  for (const side of ["before", "after"] as const) {
    for (let deadly = 1; deadly <= changes; deadly++) {
      const store = new MemoryStore();
      let step = 0;
      store[side] = (action, key) => {
        if (++step === deadly) throw new Crash(`${side} ${action} ${key}`);
      };
      const death = await wholeLife(store).then(() => undefined, (error) => error);
      assert.ok(death instanceof Crash, `no death at step ${deadly}: ${death}`);
      const seen = await visibleRows(store);
      assert.deepEqual(seen, [...new Set(seen)], `there twice, after ${death.message}`);
      const committed = await heldRows(openedAnew(store));
      assert.deepEqual(seen.filter((row) => !committed.includes(row)), [], `not committed, ${death.message}`);
      await wholeLife(store);
      assert.deepEqual(await heldRows(openedAnew(store)), EXPECTED, death.message);
      assert.deepEqual(await visibleRows(store), EXPECTED, death.message);
    }
  }
});
