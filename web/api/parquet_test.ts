import assert from "node:assert/strict";
import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm";
import { parquetOf } from "./parquet.ts";

const documentOf = (...numbers: number[]) =>
  tableToIPC(tableFromArrays({ number: Float64Array.from(numbers) }), "stream");

Deno.test("documents become one file, in order; empty ones add nothing", async () => {
  const documents = [documentOf(), documentOf(1, 2), documentOf(), documentOf(3)];
  const file = await new Response(ReadableStream.from(parquetOf(documents))).bytes();
  const table = tableFromIPC(readParquet(file).intoIPCStream());
  assert.deepEqual(table.toArray().map(({ number }) => number), [1, 2, 3]);
});

Deno.test("a source that fails makes no file that looks complete", async () => {
  const failing = async function* () {
    yield documentOf(1, 2);
    await Promise.resolve();
    throw new Error("the warehouse is gone");
  };
  let last = new Uint8Array();
  await assert.rejects(async () => {
    for await (const chunk of parquetOf(failing())) last = new Uint8Array(chunk);
  }, /the warehouse is gone/);
  assert.notEqual(new TextDecoder().decode(last.subarray(-4)), "PAR1");
});
