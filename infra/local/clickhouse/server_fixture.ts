import { createServer } from "node:net";
import { loadSettings } from "@countinghouse/shared/config";

/** A server process of a test, on a free port and a data folder of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  readonly data: string;
  /** Sends a signal and waits until the process is gone; answers how long that took, in milliseconds. */
  stop(signal: Deno.Signal): Promise<number>;
}

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const READY_MS = 30_000;

/** The folder that npm installed chDB in: `CHDB_DIR`, else where the local stack installs it. */
export function chdbFolder(): string {
  return Deno.env.get("CHDB_DIR") ?? `${loadSettings().dataDir}/engines/chdb-3.4.0`;
}

/** Starts a server and waits until it answers. */
export async function startServer(data: string, flags: readonly string[] = []): Promise<RunningServer> {
  const port = await freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "--port", String(port), "--data", data, "--chdb", chdbFolder(), ...flags],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(process.stderr).text();
  let gone = false;
  const exit = process.status.then(() => gone = true);
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + READY_MS;
  while (!await answers(url)) {
    if (gone) throw new Error(`Cannot start the server: it said ${await said}`);
    if (performance.now() > deadline) throw new Error(`Cannot reach the server within ${READY_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url,
    pid: process.pid,
    data,
    stop: async (signal) => {
      const asked = performance.now();
      if (!gone) process.kill(signal);
      await exit;
      await said;
      return performance.now() - asked;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return await (await fetch(`${url}/ping`)).text() === "Ok.\n";
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
