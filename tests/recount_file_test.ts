import { deepEqual, equal, ok } from "node:assert/strict";
import { makeRecountFile } from "./recount_file.ts";
import { refusedLines } from "./refused_lines.ts";

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the file holds what a shop's worst day holds, and the recount accounts for every line", async () => {
  await inTemporaryFolder(async (folder) => {
    const { recount } = await makeRecountFile({ path: `${folder}/events.ndjson`, events: 10_000, seed: 1 });
    equal(recount.counted + recount.duplicates + recount.refused.length, recount.lines);
    equal(recount.counted + recount.duplicates, 10_000);
    equal(recount.refused.length, refusedLines().size);
    ok(recount.duplicates >= 450, `only ${recount.duplicates} duplicates`);
    deepEqual([...recount.stores.keys()].sort(), ["café ☕ 漢字", "default", "kuwait/main", "tokyo"]);
    const minutes = [...recount.stores.values()].flatMap((store) => [...store.values()]);
    const currencies = new Set(minutes.flatMap((minute) => [...minute.by_currency.keys()]));
    deepEqual([...currencies].sort(), ["CHF", "EUR", "GBP", "JPY", "KWD", "USD"]);
    for (const counter of ["page_views", "searches", "purchases", "refunds", "other_events"]) {
      ok(minutes.some((minute) => minute.counts.has(counter)), `no ${counter}`);
    }
  });
});

Deno.test("the same seed makes the same file, another seed another", async () => {
  await inTemporaryFolder(async (folder) => {
    const make = async (name: string, seed: number) => {
      const { path } = await makeRecountFile({ path: `${folder}/${name}`, events: 500, seed });
      return await Deno.readTextFile(path);
    };
    const first = await make("a", 7);
    equal(await make("b", 7), first);
    ok(await make("c", 8) !== first);
  });
});
