import assert from "node:assert/strict";
import type { ObjectStore } from "../object_store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (read: Uint8Array | undefined) => read && new TextDecoder().decode(read);

/** What every {@link ObjectStore} does. */
export async function checkStoreContract(
  t: Deno.TestContext,
  open: () => Promise<ObjectStore>,
): Promise<void> {
  await t.step("an object is read back, and one that is not there is undefined", async () => {
    const store = await open();
    assert.equal(await store.create("a/b=1/c%2Fd é.json", bytes("one")), true);
    assert.equal(text(await store.read("a/b=1/c%2Fd é.json")), "one");
    assert.equal(await store.read("a/b=1/none"), undefined);
  });
  await t.step("an object is created once, whoever else tries at the same moment", async () => {
    const store = await open();
    const tries = await Promise.all(Array.from({ length: 8 }, (_, n) => store.create("x/1", bytes(`${n}`))));
    assert.equal(tries.filter(Boolean).length, 1);
    assert.equal(text(await store.read("x/1")), String(tries.indexOf(true)));
    assert.equal(await store.create("x/1", bytes("late")), false);
  });
  await t.step("a move replaces what is there; without a source it changes nothing", async () => {
    const store = await open();
    await store.create("from", bytes("new"));
    await store.create("to/here", bytes("old"));
    await store.move("from", "to/here");
    await store.move("from", "to/here");
    assert.equal(text(await store.read("to/here")), "new");
    assert.equal(await store.read("from"), undefined);
  });
  await t.step("a removal may be repeated", async () => {
    const store = await open();
    await store.create("x/1", bytes("1"));
    await store.remove("x/1");
    await store.remove("x/1");
    assert.equal(await store.read("x/1"), undefined);
  });
  await t.step("a listing has the objects below a prefix, sorted by key, with their sizes", async () => {
    const store = await open();
    for (const key of ["p/b/2", "p/a.1", "p/a/1", "q/1", "p/b/1"]) await store.create(key, bytes(key));
    const listed = await Array.fromAsync(store.list("p/"));
    assert.deepEqual(listed.map(({ key, bytes }) => [key, bytes]), [
      ["p/a.1", 5],
      ["p/a/1", 5],
      ["p/b/1", 5],
      ["p/b/2", 5],
    ]);
    assert.deepEqual(await Array.fromAsync(store.list("none/")), []);
    assert.equal((await Array.fromAsync(store.list(""))).length, 5);
  });
}
