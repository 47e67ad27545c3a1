import assert from "node:assert/strict";
import { eraseData, StackRunsError } from "./reset.ts";
import { RunLock } from "./supervisor/mod.ts";

async function stackFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const name of ["data/kafka", "lake", "logs", "engines/kafka-4.1.0", "photos", "run"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}/file`, "x");
  }
  (await RunLock.take(`${folder}/run`))?.[Symbol.dispose]();
  return folder;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).toSorted();
}

Deno.test("data, lake and logs go; installed engines, and what isn't the stack's, stay", async () => {
  const folder = await stackFolder();
  try {
    assert.deepEqual(await eraseData(folder), ["data", "lake", "logs"]);
    assert.deepEqual(await namesIn(folder), ["engines", "photos", "run"]);
    assert.deepEqual(await eraseData(folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("nothing is erased under a running stack", async () => {
  const folder = await stackFolder();
  try {
    using _running = await RunLock.take(`${folder}/run`) ?? null;
    await assert.rejects(eraseData(folder), StackRunsError);
    assert.deepEqual(await namesIn(folder), ["data", "engines", "lake", "logs", "photos", "run"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder on which no stack has ever run isn't touched", async () => {
  const folder = await stackFolder();
  try {
    await Deno.remove(`${folder}/run/lock`);
    assert.deepEqual(await eraseData(folder), []);
    assert.deepEqual(await namesIn(folder), ["data", "engines", "lake", "logs", "photos", "run"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
