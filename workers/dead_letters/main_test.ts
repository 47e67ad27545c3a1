import assert from "node:assert/strict";

/** Runs `dead-letters` as a process of its own in a folder without a stack. */
async function run(...args: string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", new URL("main.ts", import.meta.url).pathname, ...args],
      cwd: folder,
      env: { KAFKA_BOOTSTRAP_SERVERS: "", MONGO_URI: "", CLICKHOUSE_URL: "", DATA_DIR: folder },
      stdin: "null",
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

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
