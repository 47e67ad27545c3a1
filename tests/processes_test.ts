import { deepEqual, equal, ok } from "node:assert/strict";
import { descendantsOf, listProcesses, signal, stillRunning } from "./processes.ts";
import { waitUntil } from "./wait_until.ts";

const process = (pid: number, parentPid: number) => ({ pid, parentPid, commandLine: `process ${pid}` });

Deno.test("descendants are children, their children, and so on", () => {
  const family = [process(1, 0), process(2, 1), process(3, 2), process(4, 1), process(5, 9)];
  deepEqual(descendantsOf(1, family).map(({ pid }) => pid), [2, 3, 4]);
});

Deno.test("a process is seen while it runs and not after it was killed", async () => {
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  const found = await waitUntil("the child", 5_000, async () => {
    return descendantsOf(Deno.pid, await listProcesses()).find(({ commandLine }) =>
      commandLine.endsWith("sleep 600")
    );
  });
  equal(found.pid, child.pid);
  deepEqual(await stillRunning([found]), [found]);
  signal(found, "SIGKILL");
  await waitUntil("its end", 5_000, async () => (await stillRunning([found])).length === 0);
  await child.status;
});

Deno.test("signalling a process that has ended is no error", async () => {
  const child = new Deno.Command("true").spawn();
  ok((await child.status).success);
  signal(child, "SIGTERM");
});
