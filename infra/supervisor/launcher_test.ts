import assert from "node:assert/strict";
import { isLauncher } from "./launcher.ts";

Deno.test("what stands between a user and the stack is known: deno task, npm, and npm's shell", () => {
  for (
    const commandLine of [
      "deno task dev",
      "/usr/local/bin/deno task start",
      "npm exec deno@2.9.6 task dev",
      "node /usr/bin/npx -y deno@2.9.6 task dev",
      "node /usr/lib/node_modules/npm/bin/npx-cli.js -y deno@2.9.6 task dev",
      "sh -c 'deno' task dev",
      '/bin/sh -c "deno" task dev',
    ]
  ) assert.equal(isLauncher(commandLine), true, commandLine);
});

Deno.test("a user's shell, a service manager and another program's process are no launchers", () => {
  for (
    const commandLine of ["bash", "-zsh", "/sbin/init", "sh -c make", "python3 run.py", "deno run -A x.ts"]
  ) {
    assert.equal(isLauncher(commandLine), false, commandLine);
  }
});
