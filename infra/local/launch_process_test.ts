import assert from "node:assert/strict";
import { NotReadyError, Supervisor } from "../supervisor/mod.ts";
import type { Engine, EnginePlace } from "./engine.ts";
import { launch, type LaunchOptions } from "./launch.ts";
import { Ports } from "./port.ts";

/** An engine that is an HTTP server of one line, in place of one that takes a download to start. */
function engineOf(program: (place: EnginePlace) => string): Engine {
  return {
    name: "clickhouse",
    title: "Toy",
    version: "1.2",
    neededToInstall: [],
    neededToRun: [],
    install: () => ({ files: {}, steps: [] }),
    prepare: ({ dataDir }) => Deno.mkdir(dataDir, { recursive: true }),
    program: (place) => ({ command: Deno.execPath(), args: ["eval", "--quiet", program(place)] }),
    address: (port) => `http://127.0.0.1:${port}`,
    ask: async (port) => void await (await fetch(`http://127.0.0.1:${port}`)).text(),
  };
}

const answering = engineOf(({ port }) =>
  `Deno.serve({ hostname: "127.0.0.1", port: ${port} }, () => new Response(String(Deno.pid)))`
);

async function withSupervisor(
  test: (supervisor: Supervisor, said: string[], options: LaunchOptions) => Promise<void>,
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "launch-" });
  const said: string[] = [];
  const say = (name: string, line: string) => void said.push(`${name}: ${line}`);
  const supervisor = await Supervisor.open({ runDir: `${dataDir}/run`, say });
  try {
    await test(supervisor, said, { dataDir, enginesDir: `${dataDir}/engines`, ports: "free", say });
  } finally {
    await supervisor.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

Deno.test("a launched engine answers at its address, and after a kill again at the same one", () =>
  withSupervisor(async (supervisor, said, options) => {
    const engine = await launch(answering, supervisor.group(1_000), new Ports(), options);
    const ask = async () => await (await fetch(engine.address)).text();
    const first = await ask();
    engine.process.kill("SIGKILL");
    // The socket of a killed process may take a connection more, so only another pid is an answer.
    let now = first;
    const deadline = performance.now() + 10_000;
    while (now === first) {
      assert.ok(performance.now() < deadline, "it didn't come back within 10 s");
      await engine.ready();
      now = await ask().catch(() => first);
    }
    assert.equal(now, String(engine.process.pid));
    assert.match(
      said.find((line) => line.includes("answers"))!,
      /^clickhouse: Toy 1\.2 answers on port \d+ after/,
    );
  }));

Deno.test("where the usual port is in use the next free one is taken, and said", () =>
  withSupervisor(async (supervisor, said, options) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const busy = listener.addr.port;
    const ports = { kafka: busy, mongo: busy, clickhouse: busy };
    const engine = await launch(answering, supervisor.group(1_000), new Ports(), { ...options, ports });
    assert.ok(engine.port > busy);
    assert.ok(said.includes(`clickhouse: port ${busy} is in use, so Toy gets port ${engine.port}`));
  }));

Deno.test("an engine that can't start fails the launch with the end of its log", () =>
  withSupervisor(async (supervisor, _said, options) => {
    const broken = engineOf(() => `console.error("no space left"); Deno.exit(1)`);
    await assert.rejects(launch(broken, supervisor.group(1_000), new Ports(), options), (error: Error) => {
      assert.ok(error instanceof NotReadyError);
      assert.match(error.message, /^Cannot start Toy: it ended \d+ times in a row.*clickhouse\.log:\n/);
      assert.match(error.message, /no space left/);
      return true;
    });
  }));
