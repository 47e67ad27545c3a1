import assert from "node:assert/strict";
import { runToEnd } from "./run_to_end.ts";

Deno.test("a program runs to its end; its exit code and all that it wrote are known", async () => {
  const ended = await runToEnd("sh", ["-c", "echo out; echo $WHO >&2; exit 3"], { env: { WHO: "err" } });
  assert.deepEqual(ended, { success: false, code: 3, output: "out\n\nerr" });
});

Deno.test("breaking it off ends what it has started too, also what ignores SIGTERM", async () => {
  for (const script of ["sleep 300 & sleep 300", "trap '' TERM; sleep 300 & while :; do sleep 0.02; done"]) {
    const stop = new AbortController();
    const running = runToEnd("sh", ["-c", script], { signal: stop.signal });
    stop.abort(new Error("the user wants to stop"));
    await assert.rejects(running, /the user wants to stop/);
  }
});

Deno.test("what is broken off already isn't started", async () => {
  const signal = AbortSignal.abort(new Error("too late"));
  await assert.rejects(runToEnd("no-such-program", [], { signal }), /too late/);
});
