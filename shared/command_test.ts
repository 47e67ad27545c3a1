import assert from "node:assert/strict";
import { parseFlags, UsageError } from "./command.ts";
import { runWithoutStack } from "./command_fixture.ts";

Deno.test("flags are read, and one that is not there is a usage error that names it", () => {
  const options = { rate: { type: "string" } } as const;
  assert.equal(parseFlags({ args: ["--rate", "5"], options }).values.rate, "5");
  assert.throws(() => parseFlags({ args: ["--speed", "5"], options }), (error) => {
    assert(error instanceof UsageError);
    assert.match(error.message, /--speed/);
    return true;
  });
});

const COMMAND = (work: string) => `
  import { runCommand, UsageError } from "${new URL("command.ts", import.meta.url)}";
  import { ToldError } from "${new URL("told_error.ts", import.meta.url)}";
  await runCommand(${work});`;

async function run(work: string) {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, COMMAND(work));
    return await runWithoutStack(new URL(`file://${file}`), []);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("a command ends with the code that it answers, though something still holds the process", async () => {
  const { code } = await run("async () => { setInterval(() => {}, 1_000); return 3; }");
  assert.equal(code, 3);
});

Deno.test("what a person can mend is told in its sentence; a wrong command line has a code of its own", async () => {
  const told = await run('async () => { throw new ToldError("Cannot reach Kafka"); }');
  assert.deepEqual(told, { code: 1, stdout: "", stderr: "Cannot reach Kafka\n" });
  assert.equal((await run('async () => { throw new UsageError("--x?"); }')).code, 2);
});

Deno.test("a defect shows where it arose", async () => {
  const { code, stderr } = await run('async () => { throw new TypeError("oops"); }');
  assert.equal(code, 1);
  assert.match(stderr, /TypeError: oops\n\s+at /);
});
