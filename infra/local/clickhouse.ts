import { fileURLToPath } from "node:url";
import type { Engine } from "./engine.ts";
import { NPM } from "./prerequisite.ts";

const VERSION = "3.4.0";
const ASK_TIMEOUT_MS = 2_000;

/** chDB, ClickHouse's engine as a library, behind ClickHouse's HTTP protocol (see clickhouse/). */
export const clickhouse: Engine = {
  name: "clickhouse",
  title: "chDB",
  version: VERSION,
  neededToInstall: [NPM],
  neededToRun: [],

  // Not a dependency of the workspace: Deno's resolver stumbles over its packages for other platforms, and those
  // who use a ClickHouse of their own shouldn't download 550 MB.
  install: (_folder, command) => ({
    files: { "package.json": JSON.stringify({ private: true, dependencies: { chdb: VERSION } }, null, 2) },
    steps: [{
      title: "downloading ClickHouse's engine with npm",
      command: command(NPM),
      args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    }],
  }),

  async prepare({ dataDir }) {
    await Deno.mkdir(dataDir, { recursive: true });
  },

  program: ({ installDir, dataDir, port }) => ({
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-net=127.0.0.1:${port}`,
      "--allow-read",
      `--allow-write=${dataDir}`,
      "--allow-ffi",
      "--allow-env",
      "--allow-sys",
      fileURLToPath(import.meta.resolve("./clickhouse/main.ts")),
      ...["--host", "127.0.0.1", "--port", `${port}`],
      ...["--data", dataDir, "--chdb", installDir],
    ],
  }),

  address: (port) => `http://127.0.0.1:${port}`,

  async ask(port) {
    const response = await fetch(`http://127.0.0.1:${port}/ping`, {
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`it answers /ping with ${response.status} ${text}`);
  },
};
