import assert from "node:assert/strict";
import { untilHung } from "./health_check.ts";

const QUICK = { askEveryMs: 5, hungAfterMs: 50 };
const never = new AbortController().signal;

/** Answers as the list says, the last one again and again. */
function answering(...answers: readonly boolean[]) {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    ask: () =>
      answers[Math.min(asked++, answers.length - 1)] ? Promise.resolve() : Promise.reject(new Error("no")),
  };
}

Deno.test("one that has answered and then stays silent hangs, after its time and not before", async () => {
  const process = answering(true, true, false);
  const startedAt = performance.now();
  const silentMs = await untilHung({ ...QUICK, ask: process.ask }, never);
  assert.ok(silentMs! >= QUICK.hungAfterMs && performance.now() - startedAt >= QUICK.hungAfterMs);
});

Deno.test("one that answers again in time begins afresh", async () => {
  const process = answering(true, false, false, false, true, false, false, false, true);
  const stop = new AbortController();
  const hung = untilHung({ ...QUICK, ask: process.ask }, stop.signal);
  while (process.asked < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  assert.equal(await hung, undefined);
});

Deno.test("one that has not answered yet is starting, and does not hang", async () => {
  const process = answering(false);
  const stop = new AbortController();
  const hung = untilHung({ ...QUICK, ask: process.ask }, stop.signal);
  while (process.asked < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  assert.equal(await hung, undefined);
});
