import { createServer } from "node:net";
import { ROOT } from "./workspace_files.ts";
import { descendantsOf, listProcesses, type Process, signal, stillRunning } from "./processes.ts";
import { waitUntil } from "./wait_until.ts";

/** A cold start with engines to start; workers alone take seconds. */
const UP_WITHIN_MS = 120_000;

/** How the product is started. */
export interface StackOptions {
  /** DATA_DIR: endpoints, logs, data. */
  readonly dataDir: string;
  /** Variables on top of the test run's own; undefined removes one. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The product, started as its users start it: `deno task start`. */
export interface Stack extends AsyncDisposable {
  readonly webUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that the task has started, and itself. */
  processes(): Promise<readonly Process[]>;
  /** The running process of a worker, by its folder: "workers/rollup". */
  worker(folder: string): Promise<Process | undefined>;
  /** What it has printed. */
  output(): string;
  /** Interrupts it as Ctrl+C does, and answers after how many milliseconds the task had ended. */
  interrupt(): Promise<number>;
}

/**
 * Starts the product on a free port and waits until /health says that every part works.
 *
 * @throws {Error} when it is not up in time; the message holds what it has printed.
 */
export async function startStack({ dataDir, environment = {} }: StackOptions): Promise<Stack> {
  const port = await freePort();
  const all = { ...Deno.env.toObject(), ...environment, DATA_DIR: dataDir, PORT: String(port) };
  const variables = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { child, output } = spawnTask(["start"], variables);
  const webUrl = `http://localhost:${port}`;
  const processes = async () => {
    const every = await listProcesses();
    return [...every.filter(({ pid }) => pid === child.pid), ...descendantsOf(child.pid, every)];
  };
  const stack: Stack = {
    webUrl,
    environment: variables,
    processes,
    worker: async (folder) => (await processes()).findLast(({ commandLine }) => commandLine.includes(folder)),
    output,
    interrupt: async () => {
      const startedMs = performance.now();
      signal(child, "SIGINT");
      await child.status;
      return performance.now() - startedMs;
    },
    [Symbol.asyncDispose]: async () => {
      const started = await processes();
      signal(child, "SIGTERM");
      await Promise.race([child.status, delay(15_000)]);
      for (const left of await stillRunning(started)) signal(left, "SIGKILL");
      await child.status;
    },
  };
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  try {
    await waitUntil("a healthy stack", UP_WITHIN_MS, async () => {
      return hasEnded || (await fetchText(`${webUrl}/health`)).ok;
    });
    if (hasEnded) throw new Error("Cannot see a healthy stack: it has ended");
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw new Error(`Cannot start the stack: it has printed\n${output()}`, { cause: error });
  }
  return stack;
}

/** Runs a task of the workspace to its end, with what it shall read; answers its exit code and what it printed. */
export async function runTask(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input?: ReadableStream<Uint8Array>,
) {
  const { child, output } = spawnTask(args, environment, input === undefined ? "null" : "piped");
  const [{ code }] = await Promise.all([child.status, input?.pipeTo(child.stdin)]);
  return { code, output: output() };
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}

/** Fetches and reads a whole answer, so that no connection is left open. */
export async function fetchText(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const response = await fetch(url);
  return { ok: response.ok, text: await response.text() };
}

function spawnTask(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdin: "null" | "piped" = "null",
) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", ...args],
    cwd: ROOT,
    clearEnv: true,
    env: environment,
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const texts = ["", ""];
  [child.stdout, child.stderr].forEach(async (stream, at) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) texts[at] += text;
  });
  return { child, output: () => texts.join("") };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, milliseconds)));
}
