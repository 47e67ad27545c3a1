import assert from "node:assert/strict";
import { writeNdjson } from "./ndjson_output.ts";
import { simulated } from "./testing/simulated.ts";

const NEVER = new AbortController().signal;

function collecting(write?: (chunks: number) => void) {
  const chunks: Uint8Array[] = [];
  const output = new WritableStream<Uint8Array>({
    write(chunk) {
      write?.(chunks.length);
      chunks.push(chunk.slice());
    },
  });
  return { output, text: async () => await new Blob(chunks as BlobPart[]).text() };
}

Deno.test("a file has a line for each record, with its bytes", async () => {
  const records = simulated({ count: 5_000 });
  const { output, text } = collecting();
  assert.equal(await writeNdjson(records, output, NEVER), 5_000);
  const lines = records.map(({ value }) => new TextDecoder().decode(value));
  assert.equal(await text(), lines.join("\n") + "\n");
});

Deno.test("a signal ends the file behind a whole line", async () => {
  const stop = new AbortController();
  const { output, text } = collecting((chunks) => chunks === 1 && stop.abort());
  const written = await writeNdjson(simulated({ count: 10_000 }), output, stop.signal);
  const lines = (await text()).trimEnd().split("\n");
  assert.equal(lines.length, written);
  assert.ok(written > 0 && written < 10_000);
  lines.forEach((line) => JSON.parse(line));
});

Deno.test("a reader that closes its end is no failure", async () => {
  const { output } = collecting((chunks) => {
    if (chunks === 1) throw new Deno.errors.BrokenPipe("closed");
  });
  const written = await writeNdjson(simulated({ count: 10_000 }), output, NEVER);
  assert.ok(written > 0 && written < 10_000);
});

Deno.test("any other failure to write is told", async () => {
  const { output } = collecting(() => {
    throw new Deno.errors.PermissionDenied("disk full");
  });
  await assert.rejects(writeNdjson(simulated({ count: 10 }), output, NEVER), /disk full/);
});
