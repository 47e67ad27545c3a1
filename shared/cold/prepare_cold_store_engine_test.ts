import assert from "node:assert/strict";
import { createColdStore } from "./cold_store.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { MIGRATIONS } from "./migrations.ts";
import { NewerSchemaError, prepareColdStore } from "./prepare_cold_store.ts";

Deno.test("processes that start together end with the same tables, each migration noted once", () =>
  withColdStore(async (store) => {
    await store.client.command({ query: `DROP DATABASE ${store.database} SYNC` });
    await Promise.all(Array.from({ length: 4 }, () => prepareColdStore(store)));
    await prepareColdStore(store);
    assert.deepEqual(
      await rowsOf(store, "SELECT number FROM migrations FINAL ORDER BY number"),
      MIGRATIONS.map(({ number }) => ({ number })),
    );
    assert.deepEqual(await rowsOf(store, "SELECT toUInt32(count()) AS n FROM events"), [{ n: 0 }]);
  }));

Deno.test("a migration is applied once, and a new one on top of it", () =>
  withColdStore(async (store) => {
    const counted = {
      number: 1_000,
      name: "counted",
      statements: [
        "CREATE TABLE IF NOT EXISTS counted (n UInt8) ENGINE = MergeTree ORDER BY n",
        "INSERT INTO counted VALUES (1)",
      ],
    };
    await prepareColdStore(store, {}, [...MIGRATIONS, counted]);
    await prepareColdStore(store, {}, [...MIGRATIONS, counted]);
    assert.deepEqual(await rowsOf(store, "SELECT toUInt32(count()) AS n FROM counted"), [{ n: 1 }]);
  }));

Deno.test("a database of newer code is refused", () =>
  withColdStore(async (store) => {
    const newer = { number: 1_000, name: "of tomorrow", statements: [] };
    await prepareColdStore(store, {}, [...MIGRATIONS, newer]);
    await assert.rejects(prepareColdStore(store), (error) => {
      assert.ok(error instanceof NewerSchemaError);
      assert.match(error.message, /migrations up to \d+: current value is 1000/);
      return true;
    });
  }));

Deno.test("the address may name the database", async () => {
  const store = createColdStore("http://somewhere:8123/shop?compression_request=1");
  assert.equal(store.database, "shop");
  assert.equal(store.url, "http://somewhere:8123/?compression_request=1");
  await store.close();
  const plain = createColdStore("http://somewhere:8123");
  assert.equal(plain.database, "countinghouse");
  await plain.close();
});
