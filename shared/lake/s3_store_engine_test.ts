import assert from "node:assert/strict";
import { compactLake } from "./compaction.ts";
import { eraseUser } from "./erase_user.ts";
import { openLake } from "./lake.ts";
import { append, heldRows, namesOf, records } from "./lake_fixture.ts";
import { S3Error, S3Store } from "./s3_store.ts";
import { withBucket } from "./testing/s3_server.ts";
import { checkStoreContract } from "./testing/store_contract.ts";

Deno.test("a lake in a bucket keeps the contract", (t) =>
  withBucket(async ({ name, access }) => {
    let lakes = 0;
    await checkStoreContract(t, () => Promise.resolve(new S3Store(`s3://${name}/a b/${++lakes}`, access)));
  }));

Deno.test("a listing goes on where a page of a thousand ends", () =>
  withBucket(async ({ name, access }) => {
    const store = new S3Store(`s3://${name}`, access);
    const keys = Array.from({ length: 1_001 }, (_, n) => `many/${String(n).padStart(4, "0")}`);
    for (let from = 0; from < keys.length; from += 100) {
      await Promise.all(keys.slice(from, from + 100).map((key) => store.create(key, new Uint8Array())));
    }
    assert.deepEqual((await Array.fromAsync(store.list("many/"))).map(({ key }) => key), keys);
  }));

Deno.test("in a bucket too, two writers bring each record in once; compaction and erasure leave the rest", () =>
  withBucket(async ({ name, environment }) => {
    const open = () => openLake(`s3://${name}/lake`, (variable) => environment[variable]);
    const write = async (partition: number) => {
      const lake = open();
      for (let end = 6; end <= 18; end += 6) await append(lake, partition, records(0, end));
    };
    await Promise.all([write(0), write(0), write(1)]);
    const lake = open();
    await lake.settle();
    const expected = [...namesOf(0, records(0, 18)), ...namesOf(1, records(0, 18))];
    assert.deepEqual(await heldRows(lake), expected);
    const compaction = { nowMs: () => Date.now() + 1, quietMs: 0, maxRows: 1_000 };
    assert.ok(await compactLake(lake, compaction) > 0);
    assert.deepEqual(await heldRows(open()), expected);
    const { rowsRemoved } = await eraseUser(lake, "north", "u0");
    assert.equal(rowsRemoved, 6);
    assert.equal((await heldRows(open())).length, expected.length - 6);
    const files = (await Array.fromAsync(lake.store.list("store_id=north/"))).map(({ key }) => key);
    assert.deepEqual(
      files,
      lake.manifest.files().map(({ path }) => path).filter((path) => path.includes("=north")).sort(),
    );
  }));

Deno.test("a service that says no is an error that says what it said", () =>
  withBucket(async ({ access }) => {
    const store = new S3Store("s3://no-such-bucket", access);
    await assert.rejects(store.create("a", new Uint8Array()), (error: Error) => {
      assert.ok(error instanceof S3Error);
      assert.match(error.message, /^Cannot PUT .*no-such-bucket\/a: S3 answers 404 .*NoSuchBucket/s);
      return true;
    });
  }));
