import assert from "node:assert/strict";
import { runWithoutStack } from "@countinghouse/shared/command_fixture";
import { eventJson } from "./testing/events.ts";

const run = (args: readonly string[], files?: Readonly<Record<string, string>>) =>
  runWithoutStack(new URL("main.ts", import.meta.url), args, files);

Deno.test("a dry run needs no stack, and exits with 0 although lines are refused", async () => {
  const { code, stdout } = await run(["a.ndjson", "--dry-run"], { "a.ndjson": `${eventJson()}\nspoilt\n` });
  assert.equal(code, 0);
  assert.match(stdout, /^a.ndjson: 1 accepted, 1 refused .*nothing sent\n {2}line 2: /);
});

Deno.test("a file that does not exist, or is a folder, is told", async () => {
  const missing = await run(["nowhere.ndjson"]);
  assert.equal(missing.code, 1);
  assert.equal(missing.stderr.trim(), "Cannot ingest nowhere.ndjson: there is no such file");
  assert.match((await run(["."])).stderr, /it is a folder/);
});

Deno.test("without a stack, the way to start one is told", async () => {
  const { code, stderr } = await run(["a.ndjson"], { "a.ndjson": eventJson() });
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot find the engines: start them with/);
});

Deno.test("a CSV header that makes no sense is told, naming the file", async () => {
  const { code, stderr } = await run(["a.csv", "--dry-run"], { "a.csv": "event_id,event_id\n1,2\n" });
  assert.equal(code, 1);
  assert.match(stderr, /a.csv[^]*column "event_id" is there twice/);
});

Deno.test("a wrong command line exits with 2", async () => {
  assert.equal((await run([])).code, 2);
});
