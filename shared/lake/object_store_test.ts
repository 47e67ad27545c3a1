import assert from "node:assert/strict";
import { FolderStore } from "./folder_store.ts";
import { MemoryStore } from "./memory_store.ts";
import { checkStoreContract } from "./testing/store_contract.ts";

Deno.test("a lake in memory keeps the contract", (t) =>
  checkStoreContract(t, () => Promise.resolve(new MemoryStore())));

Deno.test("a lake in a folder keeps the contract, and leaves nothing half written", async (t) => {
  const folder = await Deno.makeTempDir();
  let lakes = 0;
  try {
    await checkStoreContract(t, () => Promise.resolve(new FolderStore(`${folder}/${++lakes}/deeper/`)));
    for await (const name of namesBelow(folder)) assert.doesNotMatch(name, /writing/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function* namesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    yield name;
    if (isDirectory) yield* namesBelow(`${folder}/${name}`);
  }
}
