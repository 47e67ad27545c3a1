import assert from "node:assert/strict";
import { runWithoutStack } from "@countinghouse/shared/command_fixture";

const run = (...args: string[]) => runWithoutStack(new URL("main.ts", import.meta.url), args);

Deno.test("without a stack, the way to start one is told", async () => {
  const { code, stderr } = await run("--user", "u");
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot find the engines: start them with/);
});

Deno.test("the help needs no stack, and a wrong command line is told", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /deno task erase --user ID/);
  const wrong = await run();
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^Cannot erase: say whom/);
});
