import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { inSimulatedTime, sleep } from "./simulated_time.ts";

Deno.test("hours pass in a moment, and timers go off in the order of their time", async () => {
  const seen: string[] = [];
  const startMs = performance.now();
  const passedMs = await inSimulatedTime(async () => {
    setTimeout(() => seen.push("second"), 2_000);
    setTimeout(() => seen.push("first"), 1_000);
    const every = setInterval(() => seen.push("every"), 900);
    clearTimeout(setTimeout(() => seen.push("cleared"), 10));
    const timeout = AbortSignal.timeout(1_500);
    await sleep(2_500);
    ok(timeout.aborted);
    clearInterval(every);
    await sleep(3_000_000);
    return performance.now();
  });
  equal(passedMs, 3_002_500);
  deepEqual(seen, ["every", "first", "every", "second"]);
  ok(performance.now() - startMs < 2_000, "the real clock is back, and little of it has passed");
});

Deno.test("work that waits for what never comes is found out", async () => {
  await rejects(inSimulatedTime(() => new Promise(() => {})), /nothing is left to wait for/);
  await rejects(inSimulatedTime(() => sleep(1e9)), /not over after/);
});
