import assert from "node:assert/strict";
import { partitionKey } from "./partition_key.ts";

Deno.test("the key is store and user in UTF-8, so that every producer sends a user to the same partition", () => {
  assert.deepEqual(partitionKey("shop-de", "käthe"), new TextEncoder().encode("shop-de/käthe"));
});

Deno.test("another store or another user has another key", () => {
  const keys = [["a", "x"], ["b", "x"], ["a", "y"]].map(([store, user]) =>
    partitionKey(store!, user!).join()
  );
  assert.equal(new Set(keys).size, 3);
});
