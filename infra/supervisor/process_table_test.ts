import assert from "node:assert/strict";
import { isRunning, parseProc, parsePs, readProcess } from "./process_table.ts";

const stat = (name: string, state: string) =>
  `41 (${name}) ${state} 7 41 41 0 -1 4194304 3674 106 0 0 3 0 0 0 20 0 6 0 227139 18594557952 9815`;

Deno.test("proc: parent, start and command line are read, whatever the program is called", () => {
  assert.deepEqual(parseProc(41, stat("odd) name (x", "S"), "java\0-cp\0libs/*\0"), {
    pid: 41,
    parentPid: 7,
    startedAt: "227139",
    commandLine: "java -cp libs/*",
  });
});

Deno.test("proc: a zombie and a kernel thread aren't processes that could be stopped", () => {
  assert.equal(parseProc(41, stat("java", "Z"), ""), undefined);
  assert.equal(parseProc(41, stat("kworker", "S"), ""), undefined);
});

Deno.test("ps: parent, start and command line are read", () => {
  assert.deepEqual(parsePs(41, "Ss     7 Sat Nov 22 15:44:00 2025     java -cp libs/*\n"), {
    pid: 41,
    parentPid: 7,
    startedAt: "Sat Nov 22 15:44:00 2025",
    commandLine: "java -cp libs/*",
  });
  assert.equal(parsePs(41, "Z      7 Sat Nov 22 15:44:00 2025     (java)\n"), undefined);
  assert.equal(parsePs(41, ""), undefined);
});

Deno.test("this very process is found, and is no other that got its pid later", async () => {
  const own = await readProcess(Deno.pid);
  assert.ok(own);
  assert.equal(own.parentPid, Deno.ppid);
  assert.match(own.commandLine, /deno/);
  assert.equal(await isRunning(own), true);
  assert.equal(await isRunning({ ...own, startedAt: "another time" }), false);
  assert.equal(await isRunning({ ...own, commandLine: "another program" }), false);
});
