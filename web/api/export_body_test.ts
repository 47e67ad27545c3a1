import assert from "node:assert/strict";
import { openBody } from "./export_body.ts";

/** A source of numbered chunks, which fails in place of chunk `failAt`, and what became of it. */
function source({ chunks = 3, failAt = Infinity } = {}) {
  const state = { made: 0, stopped: false, ends: 0, failures: [] as string[] };
  const open = async function* (signal: AbortSignal) {
    signal.addEventListener("abort", () => state.stopped = true);
    for (let at = 0; at < chunks; at++) {
      await Promise.resolve();
      if (at === failAt) throw new Error(`chunk ${at} failed`);
      state.made++;
      yield Uint8Array.of(at);
    }
  };
  const options = {
    stallMs: 60_000,
    onFailure: (error: unknown) => state.failures.push((error as Error).message),
    onEnd: () => state.ends++,
  };
  return { state, open, options };
}

Deno.test("chunks are made as the reader takes them, the first one beforehand", async () => {
  const { state, open, options } = source();
  const reader = (await openBody(open, options)).getReader();
  assert.equal(state.made, 1);
  await reader.read();
  await reader.read();
  assert.equal(state.made, 2);
  await reader.read();
  assert.equal((await reader.read()).done, true);
  assert.deepEqual(state, { made: 3, stopped: true, ends: 1, failures: [] });
});

Deno.test("what fails before the first chunk is thrown, and is no failure of the body", async () => {
  const { state, open, options } = source({ failAt: 0 });
  await assert.rejects(openBody(open, options), /chunk 0 failed/);
  assert.deepEqual([state.ends, state.failures], [1, []]);
});

Deno.test("what fails later breaks the body off", async () => {
  const { state, open, options } = source({ failAt: 2 });
  await assert.rejects(new Response(await openBody(open, options)).text(), /chunk 2 failed/);
  assert.deepEqual([state.ends, state.failures], [1, ["chunk 2 failed"]]);
});

Deno.test("a reader that leaves stops the source", async () => {
  const { state, open, options } = source({ chunks: 1_000 });
  const reader = (await openBody(open, options)).getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(state, { made: 1, stopped: true, ends: 1, failures: [] });
});

Deno.test("a reader that takes nothing for too long is given up", async () => {
  const { state, open, options } = source();
  const ended = Promise.withResolvers<void>();
  const body = await openBody(open, { ...options, stallMs: 1, onEnd: ended.resolve });
  await ended.promise;
  await assert.rejects(body.getReader().read(), /taken nothing for 1 ms/);
  assert.equal(state.stopped, true);
  assert.equal(state.failures.length, 1);
});
