import assert from "node:assert/strict";
import { runWithoutStack } from "@countinghouse/shared/command_fixture";

const run = (...args: string[]) => runWithoutStack(new URL("main.ts", import.meta.url), args);

Deno.test("without a stack, the way to start one is told", async () => {
  const { code, stderr } = await run();
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot find the engines: start them with/);
});

Deno.test("the help needs no stack, and a wrong command line exits with 2", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /redrive P:O/);
  const wrong = await run("redrive");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^Cannot redrive: say which/);
});
