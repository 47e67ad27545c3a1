import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonArray } from "./json_array.ts";

async function arrayOf(bytes: Uint8Array, chunkSize: number): Promise<string> {
  const chunks = Array.from(
    { length: Math.ceil(bytes.length / chunkSize) },
    (_, at) => bytes.subarray(at * chunkSize, (at + 1) * chunkSize),
  );
  return await new Response(
    ReadableStream.from(jsonArray(ReadableStream.from(chunks))).pipeThrough(
      new TextEncoderStream(),
    ),
  ).text();
}

Deno.test("the array holds the objects of the lines, wherever these are cut", () =>
  fc.assert(fc.asyncProperty(
    fc.array(fc.record({ text: fc.string({ unit: "grapheme" }) }, { noNullPrototype: true })),
    fc.integer({ min: 1, max: 9 }),
    async (objects, chunkSize) => {
      const lines = new TextEncoder().encode(objects.map((object) => `${JSON.stringify(object)}\n`).join(""));
      assert.deepEqual(JSON.parse(await arrayOf(lines, chunkSize)), objects);
    },
  )));

Deno.test("an object stays on a line of its own", async () => {
  const lines = new TextEncoder().encode('{"a":1}\n{"a":2}\n');
  assert.equal(await arrayOf(lines, 100), '[\n{"a":1},\n{"a":2}\n]\n');
  assert.equal(await arrayOf(new Uint8Array(), 100), "[]\n");
});
