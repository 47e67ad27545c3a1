import assert from "node:assert/strict";
import { ingest, type IngestBatch, type IngestOptions } from "./ingest.ts";
import { chunksOf, textOf } from "./testing/chunks.ts";
import { eventJson } from "./testing/events.ts";

const NEVER = new AbortController().signal;

function optionsOf(
  store: (batch: IngestBatch) => Promise<void> | void,
  more: Partial<IngestOptions> = {},
): IngestOptions {
  return { fileName: "a.ndjson", store: async (batch) => await store(batch), progress: () => {}, ...more };
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => eventJson({ event_id: `e-${index}` }));

Deno.test("every record is stored once and in order, accepted or refused, and counted", async () => {
  const good = lines(1_000);
  const content = good.flatMap((line, index) => index % 100 === 50 ? ["spoilt", line] : [line]).join("\n");
  const events: string[] = [];
  const spoiltLines: number[] = [];
  const tally = await ingest(
    chunksOf(content, 5_000),
    optionsOf((batch) => {
      events.push(...batch.events.map(({ value }) => textOf(value!)));
      spoiltLines.push(...batch.refused.map(({ record }) => record.line));
    }),
    NEVER,
  );
  assert.deepEqual(events, good);
  assert.deepEqual(spoiltLines, [51, 152, 253, 354, 455, 556, 657, 758, 859, 960]);
  assert.equal(tally.accepted, 1_000);
  assert.equal(tally.refused, 10);
});

Deno.test("the first ten refusals are kept to be explained", async () => {
  const tally = await ingest(chunksOf("spoilt\n".repeat(25), 20), optionsOf(() => {}), NEVER);
  assert.equal(tally.refused, 25);
  assert.deepEqual(tally.firstRefusals.map(({ record }) => record.line), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(tally.firstRefusals[0]!.refusal.code, "not_json");
});

Deno.test("a slow store slows the reading down: not more than a few chunks are ahead of it", async () => {
  let read = 0;
  let stored = 0;
  let most = 0;
  async function* counting() {
    for await (const chunk of chunksOf(lines(2_000).join("\n"), 1_000)) {
      read += chunk.length;
      yield chunk;
    }
  }
  const store = async ({ events }: IngestBatch) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    stored += events.reduce((sum, { value }) => sum + value!.length + 1, 0);
    most = Math.max(most, read - stored);
  };
  await ingest(counting(), optionsOf(store), NEVER);
  assert.ok(stored > 200_000);
  assert.ok(most < 5_000, `${most} bytes were read and not stored`);
});

Deno.test("a store that fails ends the ingest with its error, and nothing is stored behind it", async () => {
  let batches = 0;
  let counted = 0;
  const failing = optionsOf(() => {
    if (++batches === 3) throw new Error("not acknowledged");
  }, { progress: ({ accepted }) => counted = accepted });
  await assert.rejects(ingest(chunksOf(lines(500).join("\n"), 2_000), failing, NEVER), /not acknowledged/);
  assert.equal(batches, 3);
  assert.ok(counted > 0 && counted < 60);
});

Deno.test("an input that breaks off ends the ingest with its error; what was read before is stored and counted", async () => {
  async function* breaking() {
    yield* chunksOf(`${lines(100).join("\n")}\n`);
    throw new Error("damaged");
  }
  let counted = 0;
  const options = optionsOf(() => new Promise((resolve) => setTimeout(resolve, 5)), {
    progress: ({ accepted }) => counted = accepted,
  });
  await assert.rejects(ingest(breaking(), options, NEVER), /damaged/);
  assert.equal(counted, 100);
});

Deno.test("an interrupted ingest ends early and tells what was stored", async () => {
  const stop = new AbortController();
  let stored = 0;
  const store = ({ events }: IngestBatch) => {
    stored += events.length;
    if (stored > 100) stop.abort();
  };
  const tally = await ingest(chunksOf(lines(5_000).join("\n"), 2_000), optionsOf(store), stop.signal);
  assert.equal(tally.accepted, stored);
  assert.ok(stored < 200);
});

Deno.test("an empty input has nothing to store, and a CSV header alone neither", async () => {
  for (const content of ["", "\n", "event_id,user_id\n"]) {
    const tally = await ingest(chunksOf(content), optionsOf(() => {}, { fileName: "a.csv" }), NEVER);
    assert.deepEqual(tally, { accepted: 0, refused: 0, firstRefusals: [] });
  }
});

Deno.test("a named format counts more than the file's name", async () => {
  const options = optionsOf(() => {}, { fileName: "a.csv", format: "ndjson" });
  assert.equal((await ingest(chunksOf(eventJson()), options, NEVER)).accepted, 1);
});
