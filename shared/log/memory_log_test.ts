import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { MemoryLog, type MemoryLogOptions } from "./memory_log.ts";
import { readRange } from "./read_range.ts";
import { readRecords, readUntil, textOf, textRecord } from "./testing/text_records.ts";

const never = new AbortController().signal;

/** Numbers between 0 and 1 that repeat from a seed: mulberry32. */
function seeded(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b_79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

Deno.test("records come back in order, each once, in batches of any size", async () => {
  const log = new MemoryLog({ partitions: 1, random: seeded(1), maxBatchRecords: 7 });
  await log.append("t", Array.from({ length: 100 }, (_, i) => textRecord(String(i))));
  const batches = await readUntil(log, "t", 0, 0, (batches) => batches.at(-1)?.through === 100);
  const texts = batches.flatMap((batch) => batch.records).map(textOf);
  assert.deepEqual(texts, Array.from({ length: 100 }, (_, i) => String(i)));
  assert.ok(new Set(batches.map((batch) => batch.records.length)).size > 2);
});

Deno.test("a read at the end begins with an empty batch and goes on with what is appended", async () => {
  const log = new MemoryLog({ partitions: 1, nowMs: () => 42 });
  const stop = new AbortController();
  const batches = log.read("t", 0, 0 as Offset, stop.signal);
  const first = (await batches.next()).value;
  assert.deepEqual(first, { partition: 0, records: [], from: 0, through: 0, end: 0, endSeenMs: 42 });
  const next = batches.next();
  await log.append("t", [textRecord("new")]);
  const batch = (await next).value;
  assert.equal(textOf(batch.records[0]), "new");
  assert.equal(batch.records[0].appendTimeMs, 42);
  const last = batches.next();
  stop.abort();
  assert.equal((await last).done, true);
});

Deno.test("a lost append stores nothing, an unacknowledged one everything", async () => {
  const lost = new MemoryLog({ partitions: 1, faults: { appendLost: 1 } });
  await assert.rejects(lost.append("t", [textRecord("a")]), { name: "InjectedFaultError" });
  assert.equal((await lost.ranges("t"))[0]?.end, 0);
  const unacknowledged = new MemoryLog({ partitions: 1, faults: { appendUnacknowledged: 1 } });
  await assert.rejects(unacknowledged.append("t", [textRecord("a")]), { name: "InjectedFaultError" });
  assert.equal((await unacknowledged.ranges("t"))[0]?.end, 1);
});

Deno.test("the same seed gives the same run, faults and all", async () => {
  const run = async (seed: number) => {
    const faults: MemoryLogOptions["faults"] = {
      appendLost: 0.2,
      appendUnacknowledged: 0.2,
      readBroken: 0.2,
    };
    const log = new MemoryLog({ partitions: 2, random: seeded(seed), faults, maxBatchRecords: 5 });
    const events: string[] = [];
    for (let i = 0; i < 50; i++) {
      await log.append("t", [textRecord(String(i), 0)]).catch(() => events.push(`append ${i} failed`));
    }
    let from = 0;
    while (from < (await log.ranges("t"))[0]!.end) {
      try {
        for await (const batch of log.read("t", 0, from as Offset, never)) {
          events.push(`${batch.from}-${batch.through}`);
          from = batch.through;
          if (batch.through === batch.end) break;
        }
      } catch {
        events.push(`read broke at ${from}`);
      }
    }
    return events;
  };
  const first = await run(7);
  assert.deepEqual(await run(7), first);
  assert.notDeepEqual(await run(8), first);
  assert.ok(
    first.some((event) => event.endsWith("failed")) && first.some((event) => event.startsWith("read broke")),
  );
});

Deno.test("what retention removed is gone, and so is what is not there yet", async () => {
  const log = new MemoryLog({ partitions: 1 });
  await log.append("t", ["a", "b", "c"].map((text) => textRecord(text)));
  log.removeBelow("t", 0, 2 as Offset);
  for (const from of [1, 4]) {
    await assert.rejects(readUntil(log, "t", 0, from, () => true), { name: "OffsetGoneError" });
  }
  assert.deepEqual((await readRecords(log, "t", 0, 2, 1)).map(textOf), ["c"]);
});

Deno.test("a range ends where it should, although the log goes on", async () => {
  const log = new MemoryLog({ partitions: 1, maxBatchRecords: 4 });
  await log.append("t", Array.from({ length: 10 }, (_, i) => textRecord(String(i))));
  const read = async (start: number, end: number) => {
    const range = { partition: 0, start: start as Offset, end: end as Offset };
    return (await Array.fromAsync(readRange(log, "t", range, never))).map(textOf);
  };
  assert.deepEqual(await read(3, 7), ["3", "4", "5", "6"]);
  assert.deepEqual(await read(10, 10), []);
});

Deno.test("a partition that is not there is an error", async () => {
  const log = new MemoryLog({ partitions: 2 });
  await assert.rejects(log.append("t", [textRecord("a", 2)]), /Cannot find t\/2: there is no such partition/);
});
