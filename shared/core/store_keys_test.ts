import assert from "node:assert/strict";
import { Hash64 } from "./hash64.ts";
import { StoreKeys } from "./store_keys.ts";

const id = (text: string) => new Hash64().of(text);
const words = ({ low, high }: Hash64) => `${low} ${high}`;

Deno.test("the same id is another key in another store, and as an event, an order or a session", () => {
  const keys = new StoreKeys();
  const seen = new Set<string>();
  for (const store of ["default", "nord", "default "]) {
    for (const text of ["a", "b", ""]) {
      seen.add(words(keys.event(store, id(text))));
      seen.add(words(keys.order(store, id(text))));
      seen.add(words(keys.session(store, id(text))));
    }
  }
  assert.equal(seen.size, 27);
});

Deno.test("a key does not depend on which stores came before", () => {
  const used = new StoreKeys();
  used.event("nord", id("x"));
  assert.equal(words(used.event("default", id("a"))), words(new StoreKeys().event("default", id("a"))));
  used.session("nord", id("x"));
  assert.equal(words(used.order("default", id("a"))), words(new StoreKeys().order("default", id("a"))));
});
