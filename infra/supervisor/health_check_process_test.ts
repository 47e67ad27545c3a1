import assert from "node:assert/strict";
import { Supervisor } from "./supervisor.ts";
import { untilReady } from "./readiness.ts";
import { sleep } from "./sleep.ts";

const HUNG_AFTER_MS = 1_000;
const ASK_EVERY_MS = 50;
const ASK_TIMEOUT_MS = 200;
const SERVER =
  `Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, () => new Response("here"))`;

Deno.test("a process that is stopped accepts connections, answers nothing, and is killed and started again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "health-" });
  const port = freePort();
  let asked = 0;
  const ask = async () => {
    asked++;
    const response = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    await response.text();
  };
  const said: string[] = [];
  const say = (name: string, line: string) => void said.push(`${name}: ${line}`);
  try {
    await using supervisor = await Supervisor.open({ runDir: folder, say });
    const process = supervisor.group(1_000).start({
      name: "engine",
      command: Deno.execPath(),
      args: ["eval", SERVER, "--", `${port}`],
      workingDirectory: folder,
      logFile: `${folder}/engine.log`,
      echo: false,
      health: { ask, askEveryMs: ASK_EVERY_MS, hungAfterMs: HUNG_AFTER_MS },
    });
    await untilReady(process, { title: "the engine", ask });
    // It is healthy for longer than it may hang.
    while (asked < 2 * HUNG_AFTER_MS / ASK_EVERY_MS) await sleep(20);
    assert.deepEqual(said, []);

    const { pid } = process;
    process.kill("SIGSTOP");
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    await assert.rejects(ask());
    const deadline = performance.now() + 20_000;
    while (process.pid === pid || process.pid === undefined) {
      assert.ok(performance.now() < deadline, "it was not started again within 20 s");
      await sleep(20);
    }
    await untilReady(process, { title: "the engine", ask });
    assert.match(said[0]!, /^engine: has not answered for \d+ s and is killed$/);
    assert.match(said[1]!, /^engine: was ended by SIGKILL; it is started again in 0.1 s$/);
    assert.equal(said.length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
